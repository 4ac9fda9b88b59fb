/* SPDX-License-Identifier: Apache-2.0 */
/* A worker maps what a front end hands over as memory, if it is that. */
#include "agent/worker/device/memory.h"
#include "guest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct guest guest;

static int begin(void **state)
{
    (void)state;
    guest_begin(&guest, 0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    guest_end(&guest);
    return 0;
}

static struct guest_memory *map(const struct vhost_region *regions, size_t count)
{
    int fds[VHOST_REGIONS_MOST];
    size_t i;

    for (i = 0; i < count; i++)
        fds[i] = dup(guest.fd);
    return guest_memory_new(regions, count, fds);
}

static void test_regions_are_found_by_both_addresses(void **state)
{
    struct guest_memory *memory = map(guest.state.regions, 2);
    const struct guest_region *second;

    (void)state;
    assert_non_null(memory);
    memcpy(guest_at(&guest, 0x5000), "first", sizeof("first"));
    memcpy(guest_at(&guest, GUEST_SECOND), "second", sizeof("second"));
    assert_string_equal(guest_memory_front(memory, GUEST_FRONT + 0x5000, 6), "first");
    second = guest_memory_at(memory, guest_address(GUEST_SECOND));
    assert_string_equal(second->host, "second");
    assert_ptr_not_equal(second, guest_memory_at(memory, guest_address(GUEST_SECOND - 1)));
    assert_null(guest_memory_at(memory, guest_address(GUEST_END)));
    assert_null(guest_memory_at(memory, GUEST_PHYSICAL - 1));
    guest_memory_leave(memory);
}

static void test_a_range_lies_in_one_region(void **state)
{
    struct guest_memory *memory = map(guest.state.regions, 2);
    uint64_t last = GUEST_FRONT + GUEST_REGION - 16;

    (void)state;
    assert_non_null(guest_memory_front(memory, last, 16));
    assert_null(guest_memory_front(memory, last, 17));
    assert_null(guest_memory_front(memory, last, SIZE_MAX));
    assert_null(guest_memory_front(memory, GUEST_FRONT - 1, 1));
    guest_memory_leave(memory);
}

static void test_who_uses_it_keeps_it(void **state)
{
    struct guest_memory *memory = map(guest.state.regions, 1);
    struct guest_memory *used = guest_memory_use(memory);

    (void)state;
    guest_memory_leave(memory);
    assert_int_equal(used->regions[0].host[0], 0);
    guest_memory_leave(used);
}

static void test_regions_that_cannot_be(void **state)
{
    const struct vhost_region wrong[] = {
        {GUEST_PHYSICAL, 0, GUEST_FRONT, 0},
        {GUEST_PHYSICAL, 4097, GUEST_FRONT, 0},
        {GUEST_PHYSICAL, 4096, GUEST_FRONT, 1},
        {GUEST_PHYSICAL, GUEST_END + 4096, GUEST_FRONT, 0},
        {GUEST_PHYSICAL, 4096, GUEST_FRONT, GUEST_END},
        {GUEST_PHYSICAL, 4096, GUEST_FRONT, UINT64_MAX - 4095},
        {GUEST_PHYSICAL, UINT64_MAX - 4095, GUEST_FRONT, 0},
        {UINT64_MAX - 4095, 8192, GUEST_FRONT, 0},
        {GUEST_PHYSICAL, 8192, UINT64_MAX - 4095, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_null(map(&wrong[i], 1));
}

static void test_regions_that_overlap(void **state)
{
    struct vhost_region regions[2];

    (void)state;
    memcpy(regions, guest.state.regions, sizeof(regions));
    regions[1].guest_address -= 4096;
    assert_null(map(regions, 2));
}

static void test_descriptors_that_are_no_memory(void **state)
{
    int pipes[2];
    int fds[] = {-1,
                 eventfd(0, 0),
                 open("/dev/zero", O_RDWR),
                 open("/", O_RDONLY),
                 -1,
                 memfd_create("sealed", MFD_ALLOW_SEALING)};

    (void)state;
    assert_int_equal(pipe(pipes), 0);
    fds[4] = pipes[0];
    assert_int_equal(ftruncate(fds[5], GUEST_END), 0);
    assert_int_equal(fcntl(fds[5], F_ADD_SEALS, F_SEAL_WRITE), 0);
    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
        assert_null(guest_memory_new(guest.state.regions, 1, &fds[i]));
    close(pipes[1]);
}

static void test_too_many_regions(void **state)
{
    int fds[VHOST_REGIONS_MOST + 1];

    (void)state;
    for (size_t i = 0; i <= VHOST_REGIONS_MOST; i++)
        fds[i] = dup(guest.fd);
    assert_null(guest_memory_new(guest.state.regions, VHOST_REGIONS_MOST + 1, fds));
    assert_int_equal(fcntl(fds[0], F_GETFD), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_regions_are_found_by_both_addresses),
        cmocka_unit_test(test_a_range_lies_in_one_region),
        cmocka_unit_test(test_who_uses_it_keeps_it),
        cmocka_unit_test(test_regions_that_cannot_be),
        cmocka_unit_test(test_regions_that_overlap),
        cmocka_unit_test(test_descriptors_that_are_no_memory),
        cmocka_unit_test(test_too_many_regions),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
