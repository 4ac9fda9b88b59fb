/* SPDX-License-Identifier: Apache-2.0 */
/* The accelerator as a port, over Unikraft's bus and ring, with devices that do not do as they should. */
#include "virtio/port.h"

#include "device.h"
#include "platform/platform.h"
#include "vaccel/error.h"

#include "../unit/captured.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <uk/plat/paging.h>
#include <uk/sched.h>
#include <virtio/virtio_ids.h>

#include <cmocka.h>

enum { BYTES = 100, SLOTS = RING_SIZE / 2, ROUNDS = 70000, MS = 1000000, STATUS_UP = 15 };

static struct device device;
static struct virtio_port *port;
static unsigned char in[SLOTS][BYTES];
static unsigned char out[SLOTS][BYTES];
static struct virtio_segment segments[RING_SIZE + 1];

/* Twice in the image's life would be another device: only the registers are new. */
static void begin_device(void)
{
    device_begin(&device, VIRTIO_ID_BLOCK, true);
    device.is_echo = true;
    must(!virtio_bus_register_device(&device.virtio));
    port = virtio_port_find();
    must(port);
}

static int begin(void **state)
{
    (void)state;
    begin_device();
    return port->ops->open(port);
}

static int end(void **state)
{
    (void)state;
    device.ignores_reset = false;
    device.resets_for = 0;
    device.stuck_status = 0;
    port->ops->reset(port);
    assert_false(device.has_ring);
    assert_true(UK_TAILQ_EMPTY(&device.virtio.vqs));
    return 0;
}

static void fill_segments(size_t slot)
{
    assert_int_equal(port->ops->map(port, in[slot], BYTES, segments, 2), 1);
    assert_int_equal(port->ops->map(port, out[slot], BYTES, segments + 1, 2), 1);
}

static bool post(size_t slot)
{
    memset(in[slot], (int)slot, BYTES);
    memset(out[slot], 0, BYTES);
    fill_segments(slot);
    return port->ops->post(port, segments, 1, 1, in[slot]);
}

static void *await(uint32_t *written)
{
    uint64_t late = platform_clock() + 1000 * (uint64_t)MS;
    void *token;

    while (!(token = port->ops->take(port, written))) {
        assert_true(platform_clock() < late);
        if (port->ops->arm(port))
            assert_true(port->ops->wait(port, late));
    }
    return token;
}

static void assert_back(size_t slot)
{
    uint32_t written = 0;

    assert_ptr_equal(await(&written), in[slot]);
    assert_int_equal(written, BYTES);
    assert_int_equal(out[slot][0], (unsigned char)(slot + 1));
    assert_int_equal(out[slot][BYTES - 1], (unsigned char)(slot + 1));
}

static void exchange(void)
{
    assert_true(post(7));
    port->ops->notify(port);
    assert_back(7);
}

static void test_bring_up(void **state)
{
    (void)state;
    assert_int_equal(device.status, STATUS_UP);
    assert_int_equal(device.chosen, UINT64_C(1) << VIRTIO_F_VERSION_1 | UINT64_C(1)
                                                                            << VIRTIO_F_EVENT_IDX);
    assert_int_equal(port->queue_size, RING_SIZE);
    assert_ptr_equal(virtio_port_find(), port);
    exchange();
}

static void exchange_many(enum pace pace)
{
    int i;

    device.pace = pace;
    for (i = 0; i < ROUNDS; i++)
        exchange();
}

static void test_a_device_that_answers_at_once(void **state)
{
    (void)state;
    exchange_many(WHEN_TOLD);
    assert_int_equal(device.notifications, ROUNDS);
    /* The index by which interrupts are off is passed as well, but not often. */
    assert_true(device.interrupts <= ROUNDS / UINT16_MAX);
}

/* Each answer comes by an interrupt. */
static void test_a_device_that_takes_its_time(void **state)
{
    (void)state;
    exchange_many(WHEN_IDLE);
    assert_int_equal(device.notifications, ROUNDS);
    assert_int_equal(device.interrupts, ROUNDS);
}

static void test_a_device_that_looks_by_itself(void **state)
{
    (void)state;
    device.pace = BY_ITSELF;
    machine_step();
    exchange_many(BY_ITSELF);
    assert_int_equal(device.notifications, 0);
}

static void offer(uint64_t features)
{
    port->ops->reset(port);
    device.offered = features;
    assert_int_equal(port->ops->open(port), VACCEL_OK);
    assert_int_equal(device.chosen, features);
}

static void test_without_the_event_index(void **state)
{
    (void)state;
    offer(UINT64_C(1) << VIRTIO_F_VERSION_1);
    exchange_many(WHEN_IDLE);
    assert_int_equal(device.interrupts, ROUNDS);
    device.pace = BY_ITSELF;
    machine_step();
    device.notifications = 0;
    exchange_many(BY_ITSELF);
    assert_int_equal(device.notifications, 0);
}

static void test_a_legacy_device(void **state)
{
    (void)state;
    offer(UINT64_C(1) << VIRTIO_F_EVENT_IDX);
    exchange_many(WHEN_IDLE);
    offer(0);
    exchange();
}

static void test_many_chains_and_one_notification(void **state)
{
    size_t i;

    (void)state;
    device.pace = WHEN_IDLE;
    port->ops->notify(port);
    assert_int_equal(device.notifications, 0);
    for (i = 0; i < 5; i++)
        assert_true(post(i));
    port->ops->notify(port);
    port->ops->notify(port);
    assert_int_equal(device.notifications, 1);
    for (i = 0; i < 5; i++)
        assert_back(i);
}

static void assert_one_interrupt(void)
{
    size_t i;

    device.pace = WHEN_IDLE;
    device.interrupts = 0;
    for (i = 0; i < 5; i++)
        assert_true(post(i));
    port->ops->notify(port);
    assert_true(port->ops->arm(port));
    assert_true(port->ops->wait(port, 0));
    for (i = 0; i < 5; i++)
        assert_back(i);
    assert_int_equal(device.interrupts, 1);
}

static void test_many_chains_and_one_interrupt(void **state)
{
    (void)state;
    assert_one_interrupt();
    offer(UINT64_C(1) << VIRTIO_F_VERSION_1);
    assert_one_interrupt();
}

static void test_a_full_ring(void **state)
{
    size_t i;

    (void)state;
    device.pace = WHEN_IDLE;
    for (i = 0; i < SLOTS; i++)
        assert_true(post(i));
    assert_false(post(0));
    memset(in[0], 0, BYTES);
    port->ops->notify(port);
    for (i = 0; i < SLOTS; i++) {
        assert_back(i);
        assert_true(post(i));
    }
    port->ops->notify(port);
    for (i = 0; i < SLOTS; i++)
        assert_back(i);
}

static void test_long_chains(void **state)
{
    static unsigned char data[2][RING_SIZE];
    uint32_t written;
    size_t i;

    (void)state;
    for (i = 0; i < RING_SIZE; i++)
        assert_int_equal(
            port->ops->map(port, &data[i % 2][i], 1, segments + i / 2 + i % 2 * SLOTS, 1), 1);
    segments[RING_SIZE] = segments[0];
    assert_false(port->ops->post(port, segments, SLOTS, SLOTS + 1, data));
    assert_true(port->ops->post(port, segments, SLOTS, SLOTS, data));
    assert_false(port->ops->post(port, segments, 1, 0, data));
    port->ops->notify(port);
    assert_ptr_equal(await(&written), data);
    assert_int_equal(written, SLOTS);
    for (i = 1; i < RING_SIZE; i += 2)
        assert_int_equal(data[1][i], 1);
    /* None to write, and none to read. */
    assert_true(port->ops->post(port, segments, 1, 0, data));
    assert_true(port->ops->post(port, segments, 0, 1, in));
    port->ops->notify(port);
    assert_ptr_equal(await(&written), data);
    assert_int_equal(written, 0);
    assert_ptr_equal(await(&written), in);
}

/* From then on it is not believed any more, until it is reset. */
static void assert_distrusted(enum ring_mischief mischief)
{
    uint32_t written;

    device.mischief = mischief;
    assert_true(post(1));
    port->ops->notify(port);
    if (mischief == RETURNS_TWICE)
        assert_back(1);
    assert_null(port->ops->take(port, &written));
    assert_null(port->ops->take(port, &written));
    assert_true(port->ops->arm(port));
    assert_false(port->ops->wait(port, 0));
    assert_false(post(2));
    port->ops->reset(port);
    assert_int_equal(port->ops->open(port), VACCEL_OK);
    exchange();
}

static void test_a_chain_that_was_not_posted(void **state)
{
    (void)state;
    assert_distrusted(RETURNS_STRANGE);
}

/* But in the ring before, whose memory this one has. */
static void test_a_chain_of_before_the_reset(void **state)
{
    (void)state;
    device.pace = WHEN_IDLE;
    assert_true(post(0));
    assert_true(post(1));
    port->ops->notify(port);
    assert_back(0);
    assert_true(post(0));
    port->ops->notify(port);
    port->ops->reset(port);
    assert_int_equal(port->ops->open(port), VACCEL_OK);
    device.pace = WHEN_TOLD;
    assert_distrusted(RETURNS_STRANGE);
}

static void test_a_chain_that_comes_back_twice(void **state)
{
    (void)state;
    assert_distrusted(RETURNS_TWICE);
}

static void test_more_written_than_there_is_room(void **state)
{
    (void)state;
    assert_distrusted(RETURNS_MUCH);
}

static void test_a_reset_with_chains_at_the_device(void **state)
{
    size_t blocks = heap_blocks();
    size_t frames = memory_frames_used();
    uint32_t written;
    int i;

    (void)state;
    device.pace = WHEN_IDLE;
    for (i = 0; i < 100; i++) {
        exchange();
        assert_true(post(0));
        assert_true(post(1));
        port->ops->notify(port);
        port->ops->reset(port);
        assert_int_equal(device.status, 0);
        port->ops->reset(port);
        assert_int_equal(port->ops->open(port), VACCEL_OK);
        assert_null(port->ops->take(port, &written));
        exchange();
    }
    assert_int_equal(port->ops->open(port), VACCEL_OK);
    assert_int_equal(heap_blocks(), blocks);
    assert_int_equal(memory_frames_used(), frames);
}

#if CONFIG_LIBUKVMEM

/* Those of others adjoin it, in both kinds of addresses, and stay when it goes. */
static void test_rings_of_others_beside(void **state)
{
    enum { SIZE = 3 * 4096 };
    size_t frames = memory_frames_used();
    unsigned char *before;
    unsigned char *after;
    int i;

    (void)state;
    port->ops->reset(port);
    before = memory_of_ring(NULL, SIZE);
    assert_int_equal(port->ops->open(port), VACCEL_OK);
    after = memory_of_ring(NULL, SIZE);
    for (i = 0; i < 3; i++) {
        exchange();
        port->ops->reset(port);
        assert_int_equal(memory_frames_used(), 2 * SIZE / PAGE_SIZE);
        assert_true(memory_is_of_ring(before) && memory_is_of_ring(after + SIZE - 1));
        assert_int_equal(port->ops->open(port), VACCEL_OK);
        assert_int_equal(memory_frames_used(), frames + 2 * SIZE / PAGE_SIZE);
    }
}

#endif

static void test_a_reset_that_takes_a_while(void **state)
{
    uint64_t start = machine_now();

    (void)state;
    device.resets_for = 500 * (uint64_t)MS;
    port->ops->reset(port);
    assert_true(machine_now() - start >= 500 * (uint64_t)MS);
    assert_false(device.has_ring);
}

static void tell_later(void *unused)
{
    (void)unused;
    uk_sched_thread_sleep(5000 * (uint64_t)MS);
    must(!out[0][0]);
    device.told = true;
}

/* Firecracker's: what it has must come back before anybody uses that memory again. */
static void test_a_reset_that_is_ignored(void **state)
{
    struct uk_thread *thread = thread_begin(tell_later, NULL);
    uint32_t written;

    (void)state;
    device.pace = WHEN_IDLE;
    device.ignores_reset = true;
    assert_true(post(0));
    assert_true(post(1));
    port->ops->reset(port);
    assert_int_equal(out[0][0], 1);
    assert_int_equal(out[1][0], 2);
    assert_null(port->ops->take(port, &written));
    thread_join(thread);
    capture_begin();
    assert_int_equal(port->ops->open(port), VACCEL_ENODEV);
    assert_non_null(strstr(capture_end(), "start the virtual machine anew"));
    device.ignores_reset = false;
    assert_int_equal(port->ops->open(port), VACCEL_OK);
    exchange();
}

static void assert_gone(uint8_t status)
{
    device.stuck_status = status;
    assert_false(port->ops->wait(port, platform_clock() + MS));
    device.stuck_status = 0;
    assert_true(port->ops->wait(port, platform_clock() + MS));
}

static void test_a_device_that_is_gone(void **state)
{
    (void)state;
    assert_gone(UINT8_MAX);
    assert_gone(STATUS_UP | VIRTIO_CONFIG_STATUS_NEEDS_RESET);
    device.status = 0;
    assert_false(port->ops->wait(port, platform_clock() + MS));
}

/* Nobody is there who could return what was posted. */
static void test_a_reset_of_a_device_that_was_pulled_out(void **state)
{
    uint64_t start = machine_now();

    (void)state;
    device.pace = WHEN_IDLE;
    assert_true(post(0));
    device.stuck_status = UINT8_MAX;
    port->ops->reset(port);
    assert_true(machine_now() - start < MS);
}

static void test_waiting_ends_at_the_deadline(void **state)
{
    uint64_t deadline = platform_clock() + 7 * (uint64_t)MS;

    (void)state;
    assert_true(port->ops->wait(port, deadline));
    assert_true(machine_now() >= deadline && machine_now() < deadline + MS);
    assert_true(port->ops->wait(port, 1));
    assert_true(machine_now() < deadline + MS);
}

static void wake_later(void *unused)
{
    (void)unused;
    uk_sched_thread_sleep(3 * (uint64_t)MS);
    port->ops->wake(port);
}

static void test_waking(void **state)
{
    uint64_t start = machine_now();
    struct uk_thread *thread = thread_begin(wake_later, NULL);

    (void)state;
    assert_true(port->ops->wait(port, 0));
    assert_true(machine_now() - start < 4 * (uint64_t)MS);
    thread_join(thread);
    /* Also if it comes first. */
    port->ops->wake(port);
    assert_true(port->ops->wait(port, 0));
}

/* What is there is seen at the deadline. */
static void test_interrupts_that_get_lost(void **state)
{
    uint64_t deadline = platform_clock() + 5 * (uint64_t)MS;
    uint32_t written;

    (void)state;
    device.pace = WHEN_IDLE;
    device.loses_interrupts = true;
    assert_true(post(3));
    port->ops->notify(port);
    assert_true(port->ops->arm(port));
    assert_true(port->ops->wait(port, deadline));
    assert_ptr_equal(port->ops->take(port, &written), in[3]);
}

/* Between the last look and the wish for an interrupt. */
static void test_an_answer_while_arming(void **state)
{
    uint32_t written;

    (void)state;
    device.pace = WHEN_IDLE;
    assert_true(post(3));
    assert_null(port->ops->take(port, &written));
    device.pace = BY_ITSELF;
    assert_false(port->ops->arm(port));
    assert_ptr_equal(port->ops->take(port, &written), in[3]);
    assert_int_equal(device.interrupts, 0);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(test_bring_up),
        WITH(test_a_device_that_answers_at_once),
        WITH(test_a_device_that_takes_its_time),
        WITH(test_a_device_that_looks_by_itself),
        WITH(test_without_the_event_index),
        WITH(test_a_legacy_device),
        WITH(test_many_chains_and_one_notification),
        WITH(test_many_chains_and_one_interrupt),
        WITH(test_a_full_ring),
        WITH(test_long_chains),
        WITH(test_a_chain_that_was_not_posted),
        WITH(test_a_chain_of_before_the_reset),
        WITH(test_a_chain_that_comes_back_twice),
        WITH(test_more_written_than_there_is_room),
        WITH(test_a_reset_with_chains_at_the_device),
#if CONFIG_LIBUKVMEM
        WITH(test_rings_of_others_beside),
#endif
        WITH(test_a_reset_that_takes_a_while),
        WITH(test_a_reset_that_is_ignored),
        WITH(test_a_device_that_is_gone),
        WITH(test_a_reset_of_a_device_that_was_pulled_out),
        WITH(test_waiting_ends_at_the_deadline),
        WITH(test_waking),
        WITH(test_interrupts_that_get_lost),
        WITH(test_an_answer_while_arming),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
