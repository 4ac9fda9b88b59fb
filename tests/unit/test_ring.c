/* SPDX-License-Identifier: Apache-2.0 */
/* The device's side of a ring, whatever the guest writes there. */
#include "agent/worker/device/ring.h"
#include "guest.h"
#include "wire/read.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

enum { WRITE = VIRTQ_DESC_F_WRITE, LAST = -1, TABLE = GUEST_FREE };

static struct guest guest;
static struct ring_ledger ledger;
static struct guest_memory *memory;
static struct ring ring;
static struct chain chain;

static int begin_with(uint64_t features)
{
    int fds[2];

    guest_begin(&guest, features);
    guest_fds(&guest, fds);
    memory = guest_memory_new(guest.state.regions, 2, fds);
    memset(&ledger, 0, sizeof(ledger));
    ring_begin(&ring, &ledger);
    if (!memory ||
        !ring_place(&ring, &guest.state.rings[0], guest.state.features, memory, dup(guest.call)))
        return -1;
    ring_start(&ring, 0);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    return begin_with(VIRTIO_BIT(VIRTIO_F_RING_INDIRECT_DESC));
}

static int begin_with_events(void **state)
{
    (void)state;
    return begin_with(VIRTIO_BIT(VIRTIO_F_RING_EVENT_IDX));
}

static int end(void **state)
{
    (void)state;
    ring_end(&ring);
    guest_memory_leave(memory);
    guest_end(&guest);
    return 0;
}

/* A chain of two, to read and to write. */
static void put_pair(uint16_t head)
{
    guest_put(&guest, head, guest_address(GUEST_FREE), 64, 0, head + 1);
    guest_put(&guest, (uint16_t)(head + 1), guest_address(GUEST_FREE + 4096), 128, WRITE, LAST);
}

static void assert_returned(uint32_t head, uint32_t written)
{
    uint32_t got_head = 0;
    uint32_t got_written = 0;

    assert_true(guest_take(&guest, &got_head, &got_written));
    assert_int_equal(got_head, head);
    assert_int_equal(got_written, written);
}

static void assert_nothing_returned(void)
{
    uint32_t head;
    uint32_t written;

    assert_false(guest_take(&guest, &head, &written));
}

static void test_a_chain_comes_and_goes(void **state)
{
    (void)state;
    assert_int_equal(ring_take(&ring, &chain), RING_EMPTY);
    put_pair(4);
    guest_post(&guest, 4);
    assert_true(ring_ready(&ring));
    assert_int_equal(ring_take(&ring, &chain), RING_TAKEN);
    assert_int_equal(chain.head, 4);
    assert_int_equal(chain.read.size, 64);
    assert_int_equal(chain.write.size, 128);
    assert_nothing_returned();
    ring_return(&ring, 4, 17);
    assert_returned(4, 17);
    assert_true(guest_called(&guest));
    assert_int_equal(ring_take(&ring, &chain), RING_EMPTY);
}

static void test_indices_wrap(void **state)
{
    (void)state;
    put_pair(0);
    for (int i = 0; i < 70000; i++) {
        guest_post(&guest, 0);
        assert_int_equal(ring_take(&ring, &chain), RING_TAKEN);
        ring_return(&ring, 0, 1);
        assert_returned(0, 1);
    }
}

static void test_an_indirect_table(void **state)
{
    struct virtq_desc *table = (void *)guest_at(&guest, TABLE);

    (void)state;
    table[0] = (struct virtq_desc){guest_address(GUEST_FREE), 16, VIRTQ_DESC_F_NEXT, 2};
    table[2] = (struct virtq_desc){guest_address(GUEST_FREE + 4096), 32, WRITE, 0};
    guest_put(&guest, 0, guest_address(GUEST_FREE + 8192), 8, 0, 1);
    guest_put(&guest, 1, guest_address(TABLE), 3 * sizeof(*table), VIRTQ_DESC_F_INDIRECT, LAST);
    guest_post(&guest, 0);
    assert_int_equal(ring_take(&ring, &chain), RING_TAKEN);
    assert_int_equal(chain.read.size, 24);
    assert_int_equal(chain.write.size, 32);
}

/* A piece over two regions that adjoin is two; two pieces that adjoin in one region are one. */
static void test_pieces_are_split_and_joined(void **state)
{
    (void)state;
    guest_put(&guest, 0, guest_address(GUEST_SECOND - 100), 200, 0, 1);
    guest_put(&guest, 1, guest_address(GUEST_SECOND + 100), 300, 0, LAST);
    guest_post(&guest, 0);
    assert_int_equal(ring_take(&ring, &chain), RING_TAKEN);
    assert_int_equal(chain.read.count, 2);
    assert_int_equal(chain.read.segments[0].size, 100);
    assert_int_equal(chain.read.segments[1].size, 400);
}

/* Returned with nothing written, and the ring goes on. */
static void assert_refused(uint16_t head)
{
    guest_post(&guest, head);
    assert_int_equal(ring_take(&ring, &chain), RING_REFUSED);
    assert_returned(head, 0);
    assert_int_equal(ledger.in_flight[head].state, IN_FLIGHT_NONE);
    put_pair(8);
    guest_post(&guest, 8);
    assert_int_equal(ring_take(&ring, &chain), RING_TAKEN);
    ring_return(&ring, 8, 0);
    assert_returned(8, 0);
}

static void test_chains_that_cannot_be(void **state)
{
    uint64_t there = guest_address(GUEST_FREE);

    (void)state;
    guest_put(&guest, 0, there, 8, 0, 0); /* a loop */
    assert_refused(0);
    guest_put(&guest, 0, there, 8, 0, 1);
    guest_put(&guest, 1, there, 8, 0, 0);
    assert_refused(0);
    guest_put(&guest, 0, there, 8, 0, GUEST_QUEUE); /* next beyond the queue */
    assert_refused(0);
    guest_put(&guest, 0, there, 8, 0, 65535);
    assert_refused(0);
    guest_put(&guest, 0, there, 8, WRITE, 1); /* to write before to read */
    guest_put(&guest, 1, there, 8, 0, LAST);
    assert_refused(0);
    guest_put(&guest, 0, there, 0, 0, LAST);
    assert_refused(0);
    guest_put(&guest, 0, there, 8, 0x8000, LAST);
    assert_refused(0);
    guest_put(&guest, 0, UINT64_MAX - 3, 8, 0, LAST);
    assert_refused(0);
    guest_put(&guest, 0, 0, 8, 0, LAST);
    assert_refused(0);
    guest_put(&guest, 0, guest_address(GUEST_END - 4), 8, 0, LAST);
    assert_refused(0);
    guest_put(&guest, 0, there, UINT32_MAX, 0, LAST);
    assert_refused(0);
}

static void put_table(uint32_t size, uint16_t flags, int next)
{
    guest_put(&guest, 0, guest_address(TABLE), size, VIRTQ_DESC_F_INDIRECT | flags, next);
}

static void test_tables_that_cannot_be(void **state)
{
    struct virtq_desc *table = (void *)guest_at(&guest, TABLE);
    uint64_t there = guest_address(GUEST_FREE);

    (void)state;
    table[0] = (struct virtq_desc){there, 8, 0, 0};
    put_table(0, 0, LAST);
    assert_refused(0);
    put_table(17, 0, LAST);
    assert_refused(0);
    put_table((GUEST_QUEUE + 1) * 16, 0, LAST);
    assert_refused(0);
    put_table(16, 0, 1);
    assert_refused(0);
    put_table(16, WRITE, LAST);
    assert_refused(0);
    table[0] = (struct virtq_desc){there, 8, VIRTQ_DESC_F_NEXT, 1}; /* beyond the table */
    put_table(16, 0, LAST);
    assert_refused(0);
    table[0] = (struct virtq_desc){there, 16, VIRTQ_DESC_F_INDIRECT, 0};
    assert_refused(0);
    table[0] = (struct virtq_desc){there, 8, VIRTQ_DESC_F_NEXT, 0}; /* a loop */
    assert_refused(0);
    guest_put(&guest, 0, guest_address(GUEST_END), 16, VIRTQ_DESC_F_INDIRECT, LAST);
    assert_refused(0);
    guest_put(&guest, 0, UINT64_MAX - 15, 32, VIRTQ_DESC_F_INDIRECT, LAST);
    assert_refused(0);
}

static void test_a_table_that_was_not_negotiated(void **state)
{
    (void)state;
    put_table(16, 0, LAST);
    assert_refused(0);
}

static void assert_broken(void)
{
    put_pair(8);
    assert_int_equal(ring_take(&ring, &chain), RING_BROKEN);
    guest_post(&guest, 8);
    assert_int_equal(ring_take(&ring, &chain), RING_BROKEN);
    assert_false(ring_ready(&ring));
    assert_nothing_returned();
}

static void test_more_is_available_than_can_be(void **state)
{
    (void)state;
    guest.avail->idx = GUEST_QUEUE + 1;
    assert_broken();
}

static void test_the_available_index_goes_back(void **state)
{
    (void)state;
    guest.avail->idx = (uint16_t)-1;
    assert_broken();
}

static void test_a_head_beyond_the_queue(void **state)
{
    (void)state;
    guest_post(&guest, GUEST_QUEUE);
    assert_broken();
}

static void test_a_chain_that_was_not_returned(void **state)
{
    (void)state;
    put_pair(0);
    guest_post(&guest, 0);
    assert_int_equal(ring_take(&ring, &chain), RING_TAKEN);
    guest_post(&guest, 0);
    assert_broken();
}

static void *return_slowly(void *begun)
{
    pthread_mutex_lock(&ring.lock);
    pthread_barrier_wait(begun);
    usleep(10000);
    ledger_return_end(&ledger, 0);
    pthread_mutex_unlock(&ring.lock);
    return NULL;
}

/* The driver sees its return, and posts it again, before the thread that returns it has noted that. */
static void test_a_chain_that_is_being_returned(void **state)
{
    pthread_barrier_t begun;
    pthread_t other;

    (void)state;
    put_pair(0);
    guest_post(&guest, 0);
    assert_int_equal(ring_take(&ring, &chain), RING_TAKEN);
    pthread_barrier_init(&begun, NULL, 2);
    assert_int_equal(pthread_create(&other, NULL, return_slowly, &begun), 0);
    pthread_barrier_wait(&begun);
    guest_post(&guest, 0);
    assert_int_equal(ring_take(&ring, &chain), RING_TAKEN);
    pthread_join(other, NULL);
    pthread_barrier_destroy(&begun);
}

static void test_rings_that_are_not_there(void **state)
{
    struct device_ring wrong = guest.state.rings[0];

    (void)state;
    wrong.size = 0;
    assert_false(ring_place(&ring, &wrong, 0, memory, -1));
    wrong.size = 3;
    assert_false(ring_place(&ring, &wrong, 0, memory, -1));
    wrong.size = 2 * DEVICE_QUEUE_MOST;
    assert_false(ring_place(&ring, &wrong, 0, memory, -1));
    wrong = guest.state.rings[0];
    wrong.desc += 8;
    assert_false(ring_place(&ring, &wrong, 0, memory, -1));
    wrong = guest.state.rings[0];
    wrong.avail = GUEST_FRONT + GUEST_REGION - 8;
    assert_false(ring_place(&ring, &wrong, 0, memory, -1));
    wrong = guest.state.rings[0];
    wrong.used = 0;
    assert_false(ring_place(&ring, &wrong, 0, memory, -1));
    ring_return(&ring, 0, 1); /* to nowhere */
    assert_nothing_returned();
}

static void test_a_driver_that_does_not_want_to_hear(void **state)
{
    (void)state;
    put_pair(0);
    guest_post(&guest, 0);
    guest.avail->flags = VIRTQ_AVAIL_F_NO_INTERRUPT;
    assert_int_equal(ring_take(&ring, &chain), RING_TAKEN);
    ring_return(&ring, 0, 0);
    assert_false(guest_called(&guest));
    ring_disarm(&ring);
    assert_int_equal(guest.used->flags, VIRTQ_USED_F_NO_NOTIFY);
    assert_true(ring_arm(&ring));
    assert_int_equal(guest.used->flags, 0);
}

static void test_both_tell_from_when_on_they_want_to_hear(void **state)
{
    (void)state;
    put_pair(0);
    put_pair(2);
    *virtq_used_event(guest.avail, GUEST_QUEUE) = 1;
    assert_true(ring_arm(&ring));
    assert_int_equal(*virtq_avail_event(guest.used, GUEST_QUEUE), 0);
    guest_post(&guest, 0);
    assert_false(ring_arm(&ring));
    assert_int_equal(ring_take(&ring, &chain), RING_TAKEN);
    ring_return(&ring, 0, 0);
    assert_false(guest_called(&guest));
    guest_post(&guest, 2);
    assert_int_equal(ring_take(&ring, &chain), RING_TAKEN);
    ring_return(&ring, 2, 0);
    assert_true(guest_called(&guest));
    assert_true(ring_arm(&ring));
    assert_int_equal(*virtq_avail_event(guest.used, GUEST_QUEUE), 2);
}

static void put_request(uint16_t head, uint32_t answer_size)
{
    struct accel_head accel = {.magic = WIRE_MAGIC, .answer_size = answer_size};

    memcpy(guest_at(&guest, GUEST_FREE), &accel, sizeof(accel));
    put_pair(head);
    guest_post(&guest, head);
    assert_int_equal(ring_take(&ring, &chain), RING_TAKEN);
}

/* A worker died; this is the next one, which knows the ledger and the ring. */
static unsigned int recover(void)
{
    ring_end(&ring);
    ring_begin(&ring, &ledger);
    assert_true(
        ring_place(&ring, &guest.state.rings[0], guest.state.features, memory, dup(guest.call)));
    return ring_recover(&ring, "the worker died");
}

static void test_what_was_in_flight_is_returned_once(void **state)
{
    const struct wire_header *goodbye = (void *)guest_at(&guest, GUEST_FREE + 4096);

    (void)state;
    put_request(2, 128);
    ring_return(&ring, 2, 0);
    assert_returned(2, 0);
    put_request(0, 128);
    put_request(4, 128);
    ring_return(&ring, 0, 0);
    assert_returned(0, 0);
    put_request(0, 16); /* no room for a word */
    put_pair(6);
    guest_post(&guest, 6); /* not taken */
    assert_int_equal(recover(), 2);
    assert_returned(0, 0);
    assert_true(guest_take(&guest, &(uint32_t){0}, &(uint32_t){0}));
    assert_int_equal(goodbye->type, WIRE_GOODBYE);
    assert_nothing_returned();
    assert_int_equal(ring_take(&ring, &chain), RING_TAKEN);
    assert_int_equal(chain.head, 6);
    assert_int_equal(recover(), 1);
    assert_returned(6, 0);
    assert_int_equal(recover(), 0);
    assert_nothing_returned();
}

/* The worker dies between two stores of a return. */
static void test_a_return_that_was_interrupted(void **state)
{
    (void)state;
    put_request(0, 128);
    ledger_return_begin(&ledger, 0, 1);
    assert_int_equal(recover(), 1); /* used.idx was not raised */
    assert_true(guest_take(&guest, &(uint32_t){0}, &(uint32_t){0}));
    assert_nothing_returned();
    put_request(0, 128);
    ledger_return_begin(&ledger, 0, 2);
    guest.used->idx = 2;
    guest.seen = 2;
    assert_int_equal(recover(), 0); /* it was */
    assert_nothing_returned();
    put_request(0,
                128); /* the same again: in flight, whatever the notes about the last return say */
    assert_int_equal(recover(), 1);
    assert_true(guest_take(&guest, &(uint32_t){0}, &(uint32_t){0}));
    assert_nothing_returned();
}

static void test_a_ring_that_begins_elsewhere(void **state)
{
    (void)state;
    guest.avail->idx = 40000;
    guest.used->idx = 50000;
    guest.seen = 50000;
    ring_start(&ring, 40000);
    put_request(0, 128);
    assert_int_equal(recover(), 1);
    assert_true(guest_take(&guest, &(uint32_t){0}, &(uint32_t){0}));
    assert_int_equal(ring.next_avail, 40001);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)
#define test_with_events(function) cmocka_unit_test_setup_teardown(function, begin_with_events, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_a_chain_comes_and_goes),
        test(test_indices_wrap),
        test(test_an_indirect_table),
        test(test_pieces_are_split_and_joined),
        test(test_chains_that_cannot_be),
        test(test_tables_that_cannot_be),
        test_with_events(test_a_table_that_was_not_negotiated),
        test(test_more_is_available_than_can_be),
        test(test_the_available_index_goes_back),
        test(test_a_head_beyond_the_queue),
        test(test_a_chain_that_was_not_returned),
        test(test_a_chain_that_is_being_returned),
        test(test_rings_that_are_not_there),
        test(test_a_driver_that_does_not_want_to_hear),
        test_with_events(test_both_tell_from_when_on_they_want_to_hear),
        test(test_what_was_in_flight_is_returned_once),
        test(test_a_return_that_was_interrupted),
        test(test_a_ring_that_begins_elsewhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
