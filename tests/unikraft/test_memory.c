/* SPDX-License-Identifier: Apache-2.0 */
/* Where the device sees memory: with a page table, and without paging. */
#include "unikraft/memory.h"

#include "machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <uk/plat/paging.h>

#include <cmocka.h>

enum { ROOM = 8, PAGES = 1024, MOST = 1 << 30 };

static struct virtio_segment segments[ROOM];
static unsigned char *pages; /* that begin where a large page may */

static size_t map(const void *data, size_t size, size_t room)
{
    memset(segments, 0xff, sizeof(segments));
    return memory_map(NULL, data, size, segments, room);
}

static void assert_segment(size_t i, uint64_t address, uint32_t size)
{
    assert_int_equal(segments[i].address, address);
    assert_int_equal(segments[i].size, size);
}

static int begin(void **state)
{
    unsigned char *mapped = mmap(NULL, 2 * PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    (void)state;
    if (mapped == MAP_FAILED)
        return -1;
    pages = mapped + (-(uintptr_t)mapped & (PAGE_Lx_SIZE(1) - 1));
    return 0;
}

static int forget(void **state)
{
    (void)state;
    memory_forget();
    return 0;
}

static void test_nothing(void **state)
{
    (void)state;
    assert_int_equal(map(pages, 0, ROOM), 0);
}

static void test_in_one_piece(void **state)
{
    uint64_t there = (uintptr_t)pages + PHYSICAL_OFFSET;

    (void)state;
    assert_int_equal(map(pages, 1, 1), 1);
    assert_segment(0, there, 1);
    assert_int_equal(map(pages + 5, 3 * PAGE_SIZE, 1), 1);
    assert_segment(0, there + 5, 3 * PAGE_SIZE);
    assert_int_equal(map(pages, 1, 0), 0);
}

/* Nothing of it is touched. */
static void test_more_than_a_segment_holds(void **state)
{
    size_t size = (size_t)5 << 29;

    (void)state;
    assert_int_equal(map(pages + 64, size, ROOM), 3);
    assert_int_equal(segments[0].address, (uintptr_t)pages + 64 + PHYSICAL_OFFSET);
    assert_true(segments[0].size <= MOST && segments[1].size <= MOST);
    assert_int_equal(segments[1].address, segments[0].address + segments[0].size);
    assert_int_equal(segments[2].address, segments[1].address + segments[1].size);
    assert_int_equal((uint64_t)segments[0].size + segments[1].size + segments[2].size, size);
    assert_int_equal(map(pages + 64, size, 2), 0);
    assert_int_equal(map(pages, SIZE_MAX, 2), 0);
    assert_int_equal(map(pages, SIZE_MAX - (uintptr_t)pages, 2), 0);
}

#if CONFIG_PAGING

static void test_scattered_pages(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++)
        memory_place(pages + i * PAGE_SIZE, 1, PAGE_LEVEL, (100 - 2 * i) * PAGE_SIZE);
    assert_int_equal(map(pages + 10, 4 * PAGE_SIZE - 20, ROOM), 4);
    assert_segment(0, 100 * PAGE_SIZE + 10, PAGE_SIZE - 10);
    assert_segment(1, 98 * PAGE_SIZE, PAGE_SIZE);
    assert_segment(2, 96 * PAGE_SIZE, PAGE_SIZE);
    assert_segment(3, 94 * PAGE_SIZE, PAGE_SIZE - 10);
    assert_int_equal(map(pages, 4 * PAGE_SIZE, 4), 4);
    assert_int_equal(map(pages, 4 * PAGE_SIZE, 3), 0);
    assert_int_equal(map(pages, 3 * PAGE_SIZE, 3), 3);
    assert_int_equal(map(pages + PAGE_SIZE - 1, 2, ROOM), 2);
    assert_segment(0, 101 * PAGE_SIZE - 1, 1);
    assert_segment(1, 98 * PAGE_SIZE, 1);
}

static void test_adjacent_pages_are_one_segment(void **state)
{
    (void)state;
    memory_place(pages, 3, PAGE_LEVEL, 50 * PAGE_SIZE);
    memory_place(pages + 3 * PAGE_SIZE, 2, PAGE_LEVEL, 60 * PAGE_SIZE);
    assert_int_equal(map(pages + 1, 5 * PAGE_SIZE - 1, 2), 2);
    assert_segment(0, 50 * PAGE_SIZE + 1, 3 * PAGE_SIZE - 1);
    assert_segment(1, 60 * PAGE_SIZE, 2 * PAGE_SIZE);
    /* The one below is not behind it. */
    memory_place(pages + 5 * PAGE_SIZE, 1, PAGE_LEVEL, 59 * PAGE_SIZE);
    assert_int_equal(map(pages + 4 * PAGE_SIZE, 2 * PAGE_SIZE, ROOM), 2);
}

static void test_large_pages(void **state)
{
    size_t large = PAGE_Lx_SIZE(1);

    (void)state;
    memory_place(pages, 1, 1, 7 * large);
    memory_place(pages + large, 1, PAGE_LEVEL, 3 * PAGE_SIZE);
    assert_int_equal(map(pages + 3 * PAGE_SIZE + 9, large, ROOM), 2 + 1);
    assert_segment(0, 7 * large + 3 * PAGE_SIZE + 9, (uint32_t)(large - 3 * PAGE_SIZE - 9));
    assert_segment(1, 3 * PAGE_SIZE, PAGE_SIZE);
    assert_segment(2, (uintptr_t)pages + large + PAGE_SIZE + PHYSICAL_OFFSET, 2 * PAGE_SIZE + 9);
}

static void test_what_is_not_mapped(void **state)
{
    (void)state;
    memory_take(pages + PAGE_SIZE, 1);
    assert_int_equal(map(pages, PAGE_SIZE, ROOM), 1);
    assert_int_equal(map(pages, PAGE_SIZE + 1, ROOM), 0);
    assert_int_equal(map(pages + PAGE_SIZE, 1, ROOM), 0);
    assert_int_equal(map(pages + 2 * PAGE_SIZE - 1, 1, ROOM), 0);
    assert_int_equal(map(pages + 2 * PAGE_SIZE, 1, ROOM), 1);
}

static void test_pages_that_come_when_touched(void **state)
{
    (void)state;
    memory_fill_on_demand(pages + PAGE_SIZE, 1, 40 * PAGE_SIZE);
    memory_fill_on_demand(pages + 2 * PAGE_SIZE, 1, 41 * PAGE_SIZE);
    memory_fill_on_demand(pages + 3 * PAGE_SIZE, 1, 42 * PAGE_SIZE);
    assert_int_equal(map(pages + PAGE_SIZE + 100, 2 * PAGE_SIZE - 100, ROOM), 1);
    assert_segment(0, 40 * PAGE_SIZE + 100, 2 * PAGE_SIZE - 100);
    /* What lies behind was not asked for. */
    pages[3 * PAGE_SIZE] = 1;
    assert_int_equal(map(pages + 3 * PAGE_SIZE, 1, ROOM), 1);
    assert_int_equal(pages[3 * PAGE_SIZE], 1);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_nothing, forget),
        cmocka_unit_test_teardown(test_in_one_piece, forget),
        cmocka_unit_test_teardown(test_more_than_a_segment_holds, forget),
#if CONFIG_PAGING
        cmocka_unit_test_teardown(test_scattered_pages, forget),
        cmocka_unit_test_teardown(test_adjacent_pages_are_one_segment, forget),
        cmocka_unit_test_teardown(test_large_pages, forget),
        cmocka_unit_test_teardown(test_what_is_not_mapped, forget),
        cmocka_unit_test_teardown(test_pages_that_come_when_touched, forget),
#endif
    };

    return cmocka_run_group_tests(tests, begin, NULL);
}
