/* SPDX-License-Identifier: Apache-2.0 */
/* The bring-up of a virtio device, and its end, with devices that do not do as they should. */
#include "virtio/device.h"

#include "platform/platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct {
    bool refuses_features;
    bool ignores_reset;
    bool has_interrupted;
    uint64_t features;
    uint64_t chosen;
    uint8_t status;
    unsigned int touched; /* writes of the status */
    const struct virtqueue *queue;
    unsigned int slept;
} fake;

static void read_config(struct virtio_device *device, size_t offset, uint8_t *data, size_t size)
{
    (void)device;
    (void)offset;
    memset(data, 0, size);
}

static uint8_t status(struct virtio_device *device)
{
    (void)device;
    return fake.status;
}

static void set_status(struct virtio_device *device, uint8_t value)
{
    (void)device;
    fake.touched++;
    if (!value && fake.ignores_reset)
        return;
    fake.status = value;
    if (fake.refuses_features)
        fake.status &= (uint8_t)~VIRTIO_STATUS_FEATURES_OK;
}

static uint64_t features(struct virtio_device *device)
{
    (void)device;
    return fake.features;
}

static void set_features(struct virtio_device *device, uint64_t value)
{
    (void)device;
    fake.chosen = value;
}

static size_t queue_size_most(struct virtio_device *device, unsigned int index)
{
    (void)device;
    (void)index;
    return 100;
}

static void set_queue(struct virtio_device *device, unsigned int index,
                      const struct virtqueue *queue)
{
    (void)device;
    (void)index;
    fake.queue = queue;
}

static void notify(struct virtio_device *device, unsigned int index)
{
    (void)device;
    (void)index;
}

static bool acknowledge(struct virtio_device *device)
{
    (void)device;
    return fake.has_interrupted;
}

static const struct virtio_bus bus = {
    .read_config = read_config,
    .status = status,
    .set_status = set_status,
    .features = features,
    .set_features = set_features,
    .queue_size_most = queue_size_most,
    .set_queue = set_queue,
    .notify = notify,
    .acknowledge = acknowledge,
};

static bool sleep_until(uint64_t deadline)
{
    (void)deadline;
    fake.slept++;
    return false;
}

static const struct virtio_machine machine = {.sleep = sleep_until};
static struct virtio_device device;
static struct virtio_port *port;

static int begin(void **state)
{
    (void)state;
    memset(&fake, 0, sizeof(fake));
    fake.features = UINT64_MAX;
    device = (struct virtio_device){.bus = &bus, .machine = &machine, .name = "test"};
    virtio_device_begin(&device);
    port = &device.port;
    return 0;
}

static void test_bring_up(void **state)
{
    (void)state;
    assert_int_equal(fake.touched, 0);
    assert_int_equal(port->ops->open(port), 0);
    assert_int_equal(fake.status, 15);
    assert_int_equal(fake.chosen,
                     VIRTIO_BIT(VIRTIO_F_VERSION_1) | VIRTIO_BIT(VIRTIO_F_RING_EVENT_IDX));
    assert_int_equal(port->queue_size, 64);
    assert_true(fake.queue->event_idx);
    port->ops->reset(port);
    assert_int_equal(fake.status, 0);
}

/* Firecracker's device cannot be reset: one that nobody used needs none. */
static void test_fresh_device_is_not_reset(void **state)
{
    (void)state;
    assert_int_equal(port->ops->open(port), 0);
    assert_int_equal(fake.touched, 4);
    port->ops->reset(port);
}

static void test_used_device_is_reset(void **state)
{
    (void)state;
    fake.status = VIRTIO_STATUS_DRIVER_OK | VIRTIO_STATUS_FAILED;
    assert_int_equal(port->ops->open(port), 0);
    assert_int_equal(fake.status, 15);
    assert_int_equal(port->ops->open(port), 0);
    port->ops->reset(port);
    port->ops->reset(port);
}

static void test_legacy(void **state)
{
    (void)state;
    fake.features = VIRTIO_BIT(VIRTIO_F_RING_EVENT_IDX);
    assert_int_not_equal(port->ops->open(port), 0);
    assert_true(fake.status & VIRTIO_STATUS_FAILED);
}

static void test_without_event_index(void **state)
{
    (void)state;
    fake.features = VIRTIO_BIT(VIRTIO_F_VERSION_1);
    assert_int_equal(port->ops->open(port), 0);
    assert_false(fake.queue->event_idx);
    port->ops->reset(port);
}

static void test_features_refused(void **state)
{
    (void)state;
    fake.refuses_features = true;
    assert_int_not_equal(port->ops->open(port), 0);
    assert_true(fake.status & VIRTIO_STATUS_FAILED);
}

static void test_reset_ignored_before(void **state)
{
    (void)state;
    fake.status = VIRTIO_STATUS_FAILED;
    fake.ignores_reset = true;
    assert_int_not_equal(port->ops->open(port), 0);
    assert_int_equal(fake.status, VIRTIO_STATUS_FAILED);
}

/* What it has must come back before anybody uses that memory again. */
static void test_reset_ignored(void **state)
{
    struct virtio_segment segment = {0x1000, 8};
    int token;

    (void)state;
    assert_int_equal(port->ops->open(port), 0);
    assert_true(port->ops->post(port, &segment, 0, 1, &token));
    fake.ignores_reset = true;
    fake.queue->used->ring[0] = (struct virtq_used_elem){fake.queue->avail->ring[0], 8};
    fake.queue->used->idx = 1;
    port->ops->reset(port);
    assert_int_equal(device.queues[0].nr_posted, 0);
    assert_int_not_equal(port->ops->open(port), 0);
    fake.ignores_reset = false;
    port->ops->reset(port);
    assert_null(device.rings[0]);
}

/* Nobody is there who could return what was posted. */
static void test_pulled_out(void **state)
{
    struct virtio_segment segment = {0x1000, 8};
    int token;

    (void)state;
    assert_int_equal(port->ops->open(port), 0);
    assert_true(port->ops->post(port, &segment, 0, 1, &token));
    fake.status = UINT8_MAX;
    fake.ignores_reset = true;
    port->ops->reset(port);
    assert_null(device.rings[0]);
}

static void test_wait(void **state)
{
    (void)state;
    assert_int_equal(port->ops->open(port), 0);
    assert_true(port->ops->wait(port, 0));
    assert_int_equal(fake.slept, 1);
    fake.has_interrupted = true;
    assert_true(port->ops->wait(port, 0));
    assert_int_equal(fake.slept, 1);
    fake.has_interrupted = false;
    fake.status |= VIRTIO_STATUS_NEEDS_RESET;
    assert_false(port->ops->wait(port, 0));
    fake.status = UINT8_MAX;
    assert_false(port->ops->wait(port, 0));
    fake.status = 15;
    port->ops->reset(port);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_bring_up, begin),
        cmocka_unit_test_setup(test_fresh_device_is_not_reset, begin),
        cmocka_unit_test_setup(test_used_device_is_reset, begin),
        cmocka_unit_test_setup(test_legacy, begin),
        cmocka_unit_test_setup(test_without_event_index, begin),
        cmocka_unit_test_setup(test_features_refused, begin),
        cmocka_unit_test_setup(test_reset_ignored_before, begin),
        cmocka_unit_test_setup(test_reset_ignored, begin),
        cmocka_unit_test_setup(test_pulled_out, begin),
        cmocka_unit_test_setup(test_wait, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
