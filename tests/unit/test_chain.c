/* SPDX-License-Identifier: Apache-2.0 */
/* A chain's pieces as a run of bytes. */
#include "agent/worker/device/chain.h"
#include "guest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { PAGE = 4096 };

static struct guest guest;
static struct guest_memory *memory;
static struct chain chain;

static int begin(void **state)
{
    int fds[2];

    (void)state;
    guest_begin(&guest, 0);
    guest_fds(&guest, fds);
    memory = guest_memory_new(guest.state.regions, 2, fds);
    chain_begin(&chain, 0);
    return memory ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    guest_memory_leave(memory);
    guest_end(&guest);
    return 0;
}

static void add(bool write, size_t offset, size_t size)
{
    const struct guest_region *region = guest_memory_at(memory, guest_address(offset));

    assert_true(chain_add(&chain, write, region, guest_address(offset), size));
}

/* Three pages that lie apart, and in two regions. */
static void add_scattered(bool write)
{
    add(write, 10 * PAGE, PAGE);
    add(write, GUEST_SECOND + 2 * PAGE, PAGE);
    add(write, 8 * PAGE, PAGE);
}

static void fill(unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(i * 7 + i / 251);
}

static void test_bytes_go_in_and_come_out(void **state)
{
    static unsigned char in[3 * PAGE];
    static unsigned char out[3 * PAGE];

    (void)state;
    add_scattered(true);
    fill(in, sizeof(in));
    for (size_t at = 0; at < sizeof(in); at += 100)
        assert_true(chain_copy_in(&chain.write, at, in + at,
                                  sizeof(in) - at < 100 ? sizeof(in) - at : 100));
    assert_memory_equal(guest_at(&guest, 8 * PAGE), in + 2 * PAGE, PAGE);
    assert_true(chain_copy_out(&chain.write, 0, out, sizeof(out)));
    assert_memory_equal(in, out, sizeof(in));
    assert_true(chain_copy_out(&chain.write, PAGE - 1, out, 2));
    assert_memory_equal(in + PAGE - 1, out, 2);
}

static void test_there_are_only_as_many(void **state)
{
    unsigned char byte = 0;

    (void)state;
    add_scattered(false);
    assert_false(chain_copy_out(&chain.read, 3 * PAGE, &byte, 1));
    assert_false(chain_copy_out(&chain.read, 3 * PAGE - 1, &byte, 2));
    assert_false(chain_copy_out(&chain.read, UINT64_MAX, &byte, 1));
    assert_false(chain_copy_out(&chain.read, 1, &byte, UINT64_MAX));
    assert_true(chain_copy_out(&chain.read, 3 * PAGE, &byte, 0));
    assert_false(chain_copy_in(&chain.write, 0, &byte, 1));
    assert_null(chain_find(&chain.read, 3 * PAGE, 1));
    assert_null(chain_find(&chain.write, 0, 1));
}

static void test_what_lies_in_one_piece(void **state)
{
    const struct guest_region *region = guest_memory_at(memory, guest_address(0));

    (void)state;
    add_scattered(false);
    assert_ptr_equal(chain_find(&chain.read, 64, PAGE - 64), region->host + 10 * PAGE + 64);
    assert_null(chain_find(&chain.read, 64, PAGE - 63));
    assert_ptr_equal(chain_find(&chain.read, 2 * PAGE, PAGE), region->host + 8 * PAGE);
}

static void test_whether_two_are_the_same(void **state)
{
    (void)state;
    add(false, 9 * PAGE, 16);
    add_scattered(false);
    add_scattered(true);
    add(true, 12 * PAGE, PAGE);
    assert_true(chain_same(&chain.read, 16, &chain.write, 0, 3 * PAGE));
    assert_true(chain_same(&chain.read, 20, &chain.write, 4, PAGE));
    assert_false(chain_same(&chain.read, 20, &chain.write, 0, PAGE));
    assert_false(chain_same(&chain.read, 16, &chain.write, 0, 3 * PAGE + 1));
}

static void test_scattered_pages_are_mapped_side_by_side(void **state)
{
    struct window window;
    static unsigned char bytes[3 * PAGE];

    (void)state;
    add(false, 20 * PAGE + 128, PAGE - 128);
    add(false, GUEST_SECOND, PAGE);
    add(false, 5 * PAGE, 100);
    fill(bytes, sizeof(bytes));
    chain_copy_in(&chain.read, 0, bytes, chain.read.size);
    assert_true(chain_map(&chain.read, 0, chain.read.size, &window));
    assert_int_equal((uintptr_t)window.data % PAGE, 128);
    assert_memory_equal(window.data, bytes, chain.read.size);
    window.data[PAGE - 128] = 77; /* it is the guest's memory, no copy */
    assert_int_equal(*guest_at(&guest, GUEST_SECOND), 77);
    window_close(&window);
}

static void test_what_cannot_be_mapped_so(void **state)
{
    struct window window;

    (void)state;
    add(false, 10 * PAGE, PAGE - 64); /* does not end at a page */
    add(false, 12 * PAGE, PAGE);
    add(false, 14 * PAGE + 64, PAGE); /* does not begin at one */
    assert_false(chain_map(&chain.read, 0, 2 * PAGE - 64, &window));
    assert_false(chain_map(&chain.read, PAGE - 64, 2 * PAGE, &window));
    assert_false(chain_map(&chain.read, 0, 4 * PAGE, &window));
}

static void test_too_many_pieces(void **state)
{
    const struct guest_region *region = guest_memory_at(memory, guest_address(0));

    (void)state;
    for (size_t i = 0; i < CHAIN_SEGMENTS_MOST; i++)
        add(false, 64 * (i % 2) + 64, 8);
    assert_false(chain_add(&chain, false, region, guest_address(0), 8));
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_bytes_go_in_and_come_out),
        test(test_there_are_only_as_many),
        test(test_what_lies_in_one_piece),
        test(test_whether_two_are_the_same),
        test(test_scattered_pages_are_mapped_side_by_side),
        test(test_what_cannot_be_mapped_so),
        test(test_too_many_pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
