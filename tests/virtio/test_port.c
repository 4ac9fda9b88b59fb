/* SPDX-License-Identifier: Apache-2.0 */
/* The port of transport/virtio-user against a device that is a thread, and not always a good one. */
#include "virtio-user/port.h"

#include "device.h"
#include "platform/linux/shared.h"
#include "platform/platform.h"
#include "vaccel/error.h"
#include "vhost/vhost.h"
#include "virtio/accel.h"
#include "virtio/virtio.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../unit/scratch.h"

enum { BYTES = 1000, SOON_NS = 20000000, CARRIER_CONFIG = 60, CONNECT_MS = 10000, SOON_MS = 300 };

#define LONG_NS UINT64_C(20000000000)

static struct device device;
static struct virtio_port *port;
static unsigned char *buf; /* shared: a message, and room for the answer */

static int begin(void **state)
{
    if (scratch_make(state))
        return -1;
    memset(&device, 0, sizeof(device));
    snprintf(device.path, sizeof(device.path), "%s", scratch_path("device.sock"));
    device.acks = true;
    device.config = CARRIER_CONFIG;
    device.config_at = ACCEL_CONFIG_AT_CARRIER;
    device.config_magic = WIRE_MAGIC;
    device.config_version = ACCEL_CONFIG_VERSION;
    device.features = VIRTIO_BIT(VIRTIO_F_VERSION_1) | VIRTIO_BIT(VIRTIO_F_RING_EVENT_IDX) |
                      VIRTIO_BIT(VHOST_USER_F_PROTOCOL_FEATURES);
    port = NULL;
    buf = platform_alloc_shared(2 * BYTES);
    return buf ? 0 : -1;
}

static int end(void **state)
{
    if (port)
        port->ops->close(port);
    device_end(&device);
    platform_free_shared(buf);
    return scratch_remove(state);
}

/* The rest of what the device is to be like was set before. */
static int connect_and_open(void)
{
    device_begin(&device);
    assert_int_equal(virtio_user_port_new(device.path, CONNECT_MS, &port), VACCEL_OK);
    return port->ops->open(port);
}

static void *await(uint32_t *written)
{
    uint64_t end = platform_clock() + LONG_NS;
    void *token;

    while (!(token = port->ops->take(port, written))) {
        assert_true(platform_clock() < end);
        if (port->ops->arm(port))
            assert_true(port->ops->wait(port, end));
    }
    return token;
}

static void post(void *token)
{
    struct virtio_segment segments[2];

    assert_int_equal(port->ops->map(port, buf, BYTES, segments, 2), 1);
    assert_int_equal(port->ops->map(port, buf + BYTES, BYTES, segments + 1, 1), 1);
    assert_true(port->ops->post(port, segments, 1, 1, token));
    port->ops->notify(port);
}

/* One message and its answer. */
static void exchange(void)
{
    static unsigned char first;
    uint32_t written;
    size_t i;

    memset(buf, ++first, BYTES);
    memset(buf + BYTES, 0, BYTES);
    post(&first);
    assert_ptr_equal(await(&written), &first);
    assert_int_equal(written, BYTES);
    for (i = 0; i < BYTES; i++)
        assert_int_equal(buf[BYTES + i], (unsigned char)(first + 1));
}

static void exchange_many(void)
{
    size_t i;

    for (i = 0; i < 1000; i++)
        exchange();
}

static void test_a_carrier(void **state)
{
    (void)state;
    assert_int_equal(connect_and_open(), VACCEL_OK);
    exchange_many();
}

static void test_a_device_of_its_own(void **state)
{
    (void)state;
    device.config = sizeof(struct accel_config);
    device.config_at = ACCEL_CONFIG_AT_OWN;
    assert_int_equal(connect_and_open(), VACCEL_OK);
    exchange_many();
}

static void test_without_acks(void **state)
{
    (void)state;
    device.acks = false;
    assert_int_equal(connect_and_open(), VACCEL_OK);
    exchange_many();
}

static void test_without_the_event_index(void **state)
{
    (void)state;
    device.features &= ~VIRTIO_BIT(VIRTIO_F_RING_EVENT_IDX);
    assert_int_equal(connect_and_open(), VACCEL_OK);
    /* The device of this test signals by the index that nobody sets then: look instead of waiting. */
    while (!port->ops->arm(port))
        continue;
    post(buf);
    while (port->ops->arm(port))
        continue;
    assert_ptr_equal(await(&(uint32_t){0}), buf);
}

static void test_a_disk_is_left_alone(void **state)
{
    (void)state;
    device.config_magic = 0;
    assert_int_equal(connect_and_open(), VACCEL_ENODEV);
    assert_false(atomic_load(&device.has_memory));
}

static void test_another_version(void **state)
{
    (void)state;
    device.config_version++;
    assert_int_equal(connect_and_open(), VACCEL_ENODEV);
}

static void test_a_device_without_what_is_needed(void **state)
{
    (void)state;
    device.features &= ~VIRTIO_BIT(VIRTIO_F_VERSION_1);
    assert_int_equal(connect_and_open(), VACCEL_ENODEV);
}

static void test_what_the_device_can_see(void **state)
{
    struct virtio_segment segments[4];
    struct shared_arena arena;
    char here[8];

    (void)state;
    assert_int_equal(connect_and_open(), VACCEL_OK);
    assert_true(platform_shared_arena(&arena));
    assert_int_equal(port->ops->map(port, here, sizeof(here), segments, 4), 0);
    assert_int_equal(port->ops->map(port, arena.base - 1, 2, segments, 4), 0);
    assert_int_equal(port->ops->map(port, arena.base + arena.size - 1, 2, segments, 4), 0);
    assert_int_equal(port->ops->map(port, buf, SIZE_MAX, segments, 4), 0);
    assert_int_equal(port->ops->map(port, buf, 8, segments, 0), 0);
    assert_int_equal(port->ops->map(port, arena.base + arena.size - 1, 1, segments, 4), 1);
}

/* Nothing of it is touched. */
static void test_more_than_a_segment_holds(void **state)
{
    struct virtio_segment segments[4];
    size_t size = ((size_t)5 << 30) + 7;
    struct shared_arena arena;

    (void)state;
    assert_true(platform_shared_arena(&arena));
    if (arena.size < size)
        skip();
    assert_int_equal(connect_and_open(), VACCEL_OK);
    assert_int_equal(port->ops->map(port, arena.base, size, segments, 1), 0);
    assert_int_equal(port->ops->map(port, arena.base, size, segments, 4), 2);
    assert_int_equal(segments[0].address, (uintptr_t)arena.base);
    assert_int_equal(segments[1].address, segments[0].address + segments[0].size);
    assert_int_equal((uint64_t)segments[0].size + segments[1].size, size);
}

static void test_a_reset_and_a_second_life(void **state)
{
    uint32_t written;
    int i;

    (void)state;
    assert_int_equal(connect_and_open(), VACCEL_OK);
    for (i = 0; i < 3; i++) {
        exchange();
        post(buf);
        port->ops->reset(port);
        assert_null(port->ops->take(port, &written));
        assert_false(port->ops->wait(port, 0));
        assert_int_equal(port->ops->open(port), VACCEL_OK);
    }
    exchange();
    assert_int_equal(atomic_load(&device.connections), 1);
}

static void test_a_device_that_goes(void **state)
{
    (void)state;
    assert_int_equal(connect_and_open(), VACCEL_OK);
    exchange();
    atomic_store(&device.hangs_up, true);
    while (port->ops->wait(port, platform_clock() + LONG_NS))
        continue;
    assert_false(port->ops->wait(port, 0));
    port->ops->reset(port);
    assert_int_equal(port->ops->open(port), VACCEL_OK);
    exchange();
    assert_int_equal(atomic_load(&device.connections), 2);
}

/* A device that does not say that it stopped may write as long as it has not hung up. */
static void test_a_reset_outlasts_the_device(void **state)
{
    (void)state;
    device.lingers_ms = 100;
    assert_int_equal(connect_and_open(), VACCEL_OK);
    assert_true(atomic_load(&device.has_memory));
    atomic_store(&device.mixes_up_at, VHOST_USER_GET_VRING_BASE);
    port->ops->reset(port);
    assert_false(atomic_load(&device.has_memory));
    atomic_store(&device.mixes_up_at, 0);
    assert_int_equal(port->ops->open(port), VACCEL_OK);
    exchange();
}

static const unsigned int requests[] = {
    VHOST_USER_GET_FEATURES,   VHOST_USER_GET_PROTOCOL_FEATURES,
    VHOST_USER_SET_OWNER,      VHOST_USER_SET_FEATURES,
    VHOST_USER_GET_CONFIG,     VHOST_USER_SET_MEM_TABLE,
    VHOST_USER_SET_VRING_NUM,  VHOST_USER_SET_VRING_BASE,
    VHOST_USER_SET_VRING_ADDR, VHOST_USER_SET_VRING_CALL,
    VHOST_USER_SET_VRING_KICK, VHOST_USER_SET_VRING_ENABLE,
};

static void fail_at_each(atomic_uint *how)
{
    size_t i;

    for (i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
        atomic_store(how, requests[i]);
        assert_int_equal(port->ops->open(port), VACCEL_EREMOTEIO);
        assert_false(atomic_load(&device.has_memory));
        atomic_store(how, 0);
    }
    assert_int_equal(port->ops->open(port), VACCEL_OK);
    exchange();
    port->ops->close(port);
    assert_int_equal(virtio_user_port_new(device.path, CONNECT_MS, &port), VACCEL_OK);
}

static void test_a_device_that_fails_at_any_request(void **state)
{
    (void)state;
    device_begin(&device);
    assert_int_equal(virtio_user_port_new(device.path, CONNECT_MS, &port), VACCEL_OK);
    fail_at_each(&device.hangs_up_at);
    fail_at_each(&device.mixes_up_at);
}

static void test_a_device_that_refuses(void **state)
{
    size_t i;

    (void)state;
    device_begin(&device);
    assert_int_equal(virtio_user_port_new(device.path, CONNECT_MS, &port), VACCEL_OK);
    for (i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
        if (requests[i] == VHOST_USER_GET_FEATURES || requests[i] == VHOST_USER_GET_CONFIG ||
            requests[i] == VHOST_USER_GET_PROTOCOL_FEATURES)
            continue;
        atomic_store(&device.refuses_at, requests[i]);
        assert_int_equal(port->ops->open(port), VACCEL_EREMOTEIO);
        assert_false(atomic_load(&device.has_memory));
    }
}

static void *wake_soon(void *unused)
{
    usleep(SOON_NS / 1000);
    port->ops->wake(port);
    return unused;
}

static void test_waiting_ends(void **state)
{
    uint64_t start = platform_clock();
    pthread_t waker;

    (void)state;
    assert_int_equal(connect_and_open(), VACCEL_OK);
    while (platform_clock() < start + SOON_NS)
        assert_true(port->ops->wait(port, start + SOON_NS));
    assert_true(port->ops->wait(port, 1));
    assert_int_equal(pthread_create(&waker, NULL, wake_soon, NULL), 0);
    assert_true(port->ops->wait(port, 0));
    pthread_join(waker, NULL);
}

static void test_nobody_there(void **state)
{
    char path[300];

    (void)state;
    device_begin(&device);
    assert_int_equal(virtio_user_port_new(scratch_path("nothing"), SOON_MS, &port),
                     VACCEL_EREMOTEIO);
    memset(path, 'x', sizeof(path) - 1);
    path[0] = '/';
    path[sizeof(path) - 1] = '\0';
    assert_int_equal(virtio_user_port_new(path, CONNECT_MS, &port), VACCEL_EINVAL);
    assert_int_equal(virtio_user_port_new("relative", CONNECT_MS, &port), VACCEL_EINVAL);
}

/* It closes what it has, and the parent goes on. */
static void test_the_child_of_a_fork(void **state)
{
    int status = -1;
    pid_t child;

    (void)state;
    assert_int_equal(connect_and_open(), VACCEL_OK);
    child = fork();
    if (!child) {
        port->ops->close(port);
        _exit(0);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    exchange();
    assert_int_equal(atomic_load(&device.connections), 1);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(test_a_carrier),
        WITH(test_a_device_of_its_own),
        WITH(test_without_acks),
        WITH(test_without_the_event_index),
        WITH(test_a_disk_is_left_alone),
        WITH(test_another_version),
        WITH(test_a_device_without_what_is_needed),
        WITH(test_what_the_device_can_see),
        WITH(test_more_than_a_segment_holds),
        WITH(test_a_reset_and_a_second_life),
        WITH(test_a_device_that_goes),
        WITH(test_a_reset_outlasts_the_device),
        WITH(test_a_device_that_fails_at_any_request),
        WITH(test_a_device_that_refuses),
        WITH(test_waiting_ends),
        WITH(test_nobody_there),
        WITH(test_the_child_of_a_fork),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
