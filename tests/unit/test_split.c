/* SPDX-License-Identifier: Apache-2.0 */
/* The driver's side of a virtqueue against a device that is a few lines here, or that lies. */
#include "virtio/split.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SIZE = 8, SEGMENT = 100 };

static struct virtqueue queue;
static void *memory;
/* What the device knows: the next chain to take, and the next place to return one to. */
static uint16_t taken, returned;
static int tokens[SIZE];
/* Unlike the driver's constants. */
static const struct virtio_segment segments[SIZE] = {
    {0x1000, SEGMENT}, {0x2000, SEGMENT}, {0x3000, SEGMENT}, {0x4000, SEGMENT},
    {0x5000, SEGMENT}, {0x6000, SEGMENT}, {0x7000, SEGMENT}, {0x8000, SEGMENT},
};

static int begin_size(size_t size, bool event_idx)
{
    size_t bytes = (virtqueue_bytes(size) + 63) / 64 * 64;

    memory = aligned_alloc(64, bytes);
    if (!memory)
        return -1;
    memset(memory, 0, bytes);
    taken = returned = 0;
    return virtqueue_begin(&queue, size, memory, event_idx) ? 0 : -1;
}

static int begin(void **state)
{
    (void)state;
    return begin_size(SIZE, true);
}

static int begin_without_event_idx(void **state)
{
    (void)state;
    return begin_size(SIZE, false);
}

static int end(void **state)
{
    (void)state;
    virtqueue_end(&queue);
    free(memory);
    return 0;
}

/* The head of the next chain, or -1. */
static int device_take(void)
{
    if (__atomic_load_n(&queue.avail->idx, __ATOMIC_ACQUIRE) == taken)
        return -1;
    return queue.avail->ring[taken++ % queue.size];
}

static void device_return(uint32_t head, uint32_t written)
{
    queue.used->ring[returned % queue.size] = (struct virtq_used_elem){head, written};
    __atomic_store_n(&queue.used->idx, ++returned, __ATOMIC_RELEASE);
}

static void *take(uint32_t expected)
{
    uint32_t written = ~0U;
    void *token = virtqueue_take(&queue, &written);

    if (token)
        assert_int_equal(written, expected);
    return token;
}

static void assert_broken(void)
{
    assert_null(take(0));
    assert_true(queue.broken);
    assert_false(virtqueue_post(&queue, segments, 1, 0, tokens));
    assert_true(virtqueue_arm(&queue));
    assert_null(take(0));
}

static void test_parts_lie_where_the_standard_wants_them(void **state)
{
    uintptr_t at = (uintptr_t)memory;

    (void)state;
    assert_int_equal((uintptr_t)queue.desc, at);
    assert_true((uintptr_t)queue.avail >= at + SIZE * 16);
    assert_true((uintptr_t)queue.used >= (uintptr_t)queue.avail + 6 + SIZE * 2);
    assert_int_equal((uintptr_t)queue.used % VIRTQ_USED_ALIGN, 0);
    assert_int_equal(virtqueue_bytes(SIZE), (uintptr_t)queue.used + 6 + SIZE * 8 - at);
}

static void test_a_chain_is_as_it_was_posted(void **state)
{
    struct virtq_desc *desc;
    int head;
    size_t i;

    (void)state;
    assert_true(virtqueue_post(&queue, segments, 2, 3, &tokens[0]));
    head = device_take();
    assert_true(head >= 0);
    for (i = 0, desc = &queue.desc[head]; i < 5; i++, desc = &queue.desc[desc->next]) {
        assert_int_equal(desc->addr, segments[i].address);
        assert_int_equal(desc->len, SEGMENT);
        assert_int_equal(desc->flags,
                         (i < 2 ? 0 : VIRTQ_DESC_F_WRITE) | (i < 4 ? VIRTQ_DESC_F_NEXT : 0));
    }
    assert_int_equal(device_take(), -1);
    assert_null(take(0));
    device_return((uint32_t)head, 3 * SEGMENT);
    assert_ptr_equal(take(3 * SEGMENT), &tokens[0]);
    assert_null(take(0));
    assert_false(queue.broken);
}

static void test_chains_come_back_in_any_order(void **state)
{
    int heads[3];
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++)
        assert_true(virtqueue_post(&queue, segments, 1, 1, &tokens[i]));
    for (i = 0; i < 3; i++)
        heads[i] = device_take();
    device_return((uint32_t)heads[2], 2);
    device_return((uint32_t)heads[0], 0);
    assert_ptr_equal(take(2), &tokens[2]);
    assert_ptr_equal(take(0), &tokens[0]);
    assert_null(take(0));
    device_return((uint32_t)heads[1], 1);
    assert_ptr_equal(take(1), &tokens[1]);
}

static void test_a_full_queue_takes_no_more(void **state)
{
    int head;

    (void)state;
    assert_false(virtqueue_post(&queue, segments, 0, 0, tokens));
    assert_true(virtqueue_post(&queue, segments, 3, 3, &tokens[0]));
    assert_false(virtqueue_post(&queue, segments, 2, 1, &tokens[1]));
    assert_true(virtqueue_post(&queue, segments, 0, 2, &tokens[1]));
    assert_false(virtqueue_post(&queue, segments, 1, 0, &tokens[2]));
    head = device_take();
    device_return((uint32_t)head, 0);
    assert_ptr_equal(take(0), &tokens[0]);
    assert_false(virtqueue_post(&queue, segments, 7, 0, &tokens[2]));
    assert_true(virtqueue_post(&queue, segments, 6, 0, &tokens[2]));
}

/* Everything at once: chains of all lengths, back in another order, beyond two rounds of the indexes. */
static void test_indexes_wrap_around(void **state)
{
    uint32_t heads[3];
    size_t round;
    size_t i;

    (void)state;
    for (round = 0; round < 50000; round++) {
        for (i = 0; i < 3; i++) {
            assert_true(virtqueue_post(&queue, segments, i, 1 + round % 2 * (i == 0), &tokens[i]));
            heads[i] = (uint32_t)device_take();
        }
        for (i = 0; i < 3; i++)
            device_return(heads[(i + round) % 3], (uint32_t)i);
        for (i = 0; i < 3; i++)
            assert_ptr_equal(take((uint32_t)i), &tokens[(i + round) % 3]);
    }
    assert_int_equal(queue.nr_free, SIZE);
    assert_true(virtqueue_post(&queue, segments, 4, 4, tokens));
}

static void test_the_largest_queue(void **state)
{
    static struct virtio_segment many[VIRTQ_SIZE_MOST];
    size_t i;

    (void)state;
    for (i = 0; i < VIRTQ_SIZE_MOST; i++)
        many[i] = (struct virtio_segment){i, UINT32_MAX};
    assert_true(virtqueue_post(&queue, many, 1, VIRTQ_SIZE_MOST - 1, tokens));
    assert_false(virtqueue_post(&queue, many, 1, 0, tokens));
    device_return((uint32_t)device_take(), UINT32_MAX);
    assert_ptr_equal(take(UINT32_MAX), tokens);
    for (i = 0; i < VIRTQ_SIZE_MOST; i++)
        assert_true(virtqueue_post(&queue, many, 0, 1, tokens));
    for (i = 0; i < VIRTQ_SIZE_MOST; i++)
        device_return((uint32_t)device_take(), 1);
    for (i = 0; i < VIRTQ_SIZE_MOST; i++)
        assert_ptr_equal(take(1), tokens);
    assert_null(take(0));
}

static int begin_largest(void **state)
{
    (void)state;
    return begin_size(VIRTQ_SIZE_MOST, true);
}

static void test_the_device_is_told_when_it_wants_to_hear(void **state)
{
    uint16_t *event = virtq_avail_event(queue.used, SIZE);

    (void)state;
    assert_false(virtqueue_must_notify(&queue));
    assert_true(virtqueue_post(&queue, segments, 1, 0, tokens));
    assert_true(virtqueue_must_notify(&queue));
    assert_false(virtqueue_must_notify(&queue));
    assert_true(virtqueue_post(&queue, segments, 1, 0, tokens));
    assert_false(virtqueue_must_notify(&queue)); /* it still looks by itself */
    *event = 3;
    assert_true(virtqueue_post(&queue, segments, 1, 0, tokens));
    assert_false(virtqueue_must_notify(&queue));
    assert_true(virtqueue_post(&queue, segments, 1, 0, tokens));
    assert_true(virtqueue_post(&queue, segments, 1, 0, tokens));
    assert_true(virtqueue_must_notify(&queue)); /* the fourth is among them */
    queue.used->flags = VIRTQ_USED_F_NO_NOTIFY; /* means nothing with the event index */
    *event = 5;
    assert_true(virtqueue_post(&queue, segments, 1, 0, tokens));
    assert_true(virtqueue_must_notify(&queue));
}

static void test_an_interrupt_is_asked_for(void **state)
{
    const uint16_t *event = virtq_used_event(queue.avail, SIZE);

    (void)state;
    assert_int_equal(*event, UINT16_MAX);
    assert_true(virtqueue_post(&queue, segments, 1, 0, tokens));
    assert_true(virtqueue_arm(&queue));
    assert_int_equal(*event, 0);
    device_return((uint32_t)device_take(), 0);
    assert_false(virtqueue_arm(&queue));
    assert_ptr_equal(take(0), tokens);
    assert_int_equal(*event, 0);
    assert_true(virtqueue_arm(&queue));
    assert_int_equal(*event, 1);
}

static void test_without_the_event_index(void **state)
{
    (void)state;
    assert_true(virtqueue_post(&queue, segments, 1, 0, tokens));
    assert_true(virtqueue_must_notify(&queue));
    assert_false(virtqueue_must_notify(&queue));
    queue.used->flags = VIRTQ_USED_F_NO_NOTIFY;
    assert_true(virtqueue_post(&queue, segments, 1, 0, tokens));
    assert_false(virtqueue_must_notify(&queue));
    assert_true(virtqueue_arm(&queue));
    assert_int_equal(queue.avail->flags, 0);
    assert_int_equal(*virtq_used_event(queue.avail, SIZE), UINT16_MAX);
}

static void test_a_head_out_of_range(void **state)
{
    (void)state;
    assert_true(virtqueue_post(&queue, segments, 1, 1, tokens));
    device_return(SIZE, 0);
    assert_broken();
}

static void test_a_head_that_is_none(void **state)
{
    (void)state;
    assert_true(virtqueue_post(&queue, segments, 1, 1, tokens));
    device_return(queue.desc[device_take()].next, 0);
    assert_broken();
}

static void test_a_head_that_was_not_posted(void **state)
{
    (void)state;
    assert_true(virtqueue_post(&queue, segments, 1, 1, tokens));
    device_return(SIZE - 1, 0);
    assert_broken();
}

static void test_a_chain_that_comes_back_twice(void **state)
{
    uint32_t head;

    (void)state;
    assert_true(virtqueue_post(&queue, segments, 1, 1, &tokens[0]));
    assert_true(virtqueue_post(&queue, segments, 1, 1, &tokens[1]));
    head = (uint32_t)device_take();
    device_return(head, 0);
    device_return(head, 0);
    assert_ptr_equal(take(0), &tokens[0]);
    assert_broken();
}

static void test_more_written_than_there_was_room(void **state)
{
    (void)state;
    assert_true(virtqueue_post(&queue, segments, 2, 2, tokens));
    device_return((uint32_t)device_take(), 2 * SEGMENT + 1);
    assert_broken();
}

static void test_an_index_that_jumps(void **state)
{
    (void)state;
    assert_true(virtqueue_post(&queue, segments, 3, 1, tokens));
    device_return((uint32_t)device_take(), 0);
    device_return(0, 0);
    assert_broken();
}

static void test_an_index_that_goes_back(void **state)
{
    (void)state;
    queue.used->idx = UINT16_MAX;
    assert_broken();
}

/* The driver does not look at descriptors again, so it does not matter what becomes of them. */
static void test_descriptors_that_the_device_overwrites(void **state)
{
    uint32_t head;

    (void)state;
    assert_true(virtqueue_post(&queue, segments, 3, 3, &tokens[0]));
    head = (uint32_t)device_take();
    memset(queue.desc, 0xff, virtq_desc_bytes(SIZE));
    memset(queue.avail, 0xff, virtq_avail_bytes(SIZE));
    device_return(head, 0);
    assert_ptr_equal(take(0), &tokens[0]);
    assert_true(virtqueue_post(&queue, segments, 4, 4, &tokens[1]));
    assert_int_equal(queue.avail->idx, 2);
}

enum { ROUNDS = 20000 };

/* Returns each chain at once, with the room that it had. */
static void *device(void *unused)
{
    size_t count;
    int head;

    (void)unused;
    for (count = 0; count < ROUNDS;) {
        head = device_take();
        if (head < 0)
            continue;
        device_return((uint32_t)head, queue.desc[head].len);
        count++;
    }
    return NULL;
}

static void test_a_device_on_another_processor(void **state)
{
    struct virtio_segment segment = {0x1000, 0};
    uint32_t written;
    size_t posted = 0;
    size_t back = 0;
    pthread_t thread;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, device, NULL), 0);
    while (back < ROUNDS) {
        segment.size = (uint32_t)(posted + 1);
        if (posted < ROUNDS && virtqueue_post(&queue, &segment, 0, 1, &tokens[0]))
            posted++;
        if (!virtqueue_take(&queue, &written))
            continue;
        assert_int_equal(written, ++back);
    }
    pthread_join(thread, NULL);
    assert_false(queue.broken);
}

#define WITH(test, setup) cmocka_unit_test_setup_teardown(test, setup, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(test_parts_lie_where_the_standard_wants_them, begin),
        WITH(test_a_chain_is_as_it_was_posted, begin),
        WITH(test_chains_come_back_in_any_order, begin),
        WITH(test_a_full_queue_takes_no_more, begin),
        WITH(test_indexes_wrap_around, begin),
        WITH(test_the_largest_queue, begin_largest),
        WITH(test_the_device_is_told_when_it_wants_to_hear, begin),
        WITH(test_an_interrupt_is_asked_for, begin),
        WITH(test_without_the_event_index, begin_without_event_idx),
        WITH(test_a_head_out_of_range, begin),
        WITH(test_a_head_that_is_none, begin),
        WITH(test_a_head_that_was_not_posted, begin),
        WITH(test_a_chain_that_comes_back_twice, begin),
        WITH(test_more_written_than_there_was_room, begin),
        WITH(test_an_index_that_jumps, begin),
        WITH(test_an_index_that_goes_back, begin),
        WITH(test_descriptors_that_the_device_overwrites, begin),
        WITH(test_a_device_on_another_processor, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
