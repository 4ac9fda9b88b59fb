/* SPDX-License-Identifier: Apache-2.0 */
/* How the accelerator is first opened in an image's life, and fails. */
#include "virtio/port.h"

#include "device.h"
#include "vaccel/error.h"

#include "../unit/captured.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <virtio/virtio_ids.h>

#include <cmocka.h>

#include "alone.h"

static struct device device;
static struct virtio_port *port;

static void begin_device(void)
{
    device_begin(&device, VIRTIO_ID_BLOCK, true);
    must(!virtio_bus_register_device(&device.virtio));
    port = virtio_port_find();
    must(port);
}

static int open_quietly(const char **said)
{
    int ret;

    capture_begin();
    ret = port->ops->open(port);
    *said = capture_end();
    return ret;
}

static void without_a_queue(void)
{
    const char *said;

    begin_device();
    device.queue_size = 0;
    must(open_quietly(&said) == VACCEL_ENODEV && strstr(said, "no queue"));
    device.queue_size = RING_SIZE;
    device.has_no_line = true;
    must(open_quietly(&said) == VACCEL_ENODEV && strstr(said, "no interrupt"));
    must(!device.has_ring && !(device.status & VIRTIO_CONFIG_STATUS_DRIVER_OK));
    device.has_no_line = false;
    must(port->ops->open(port) == VACCEL_OK && port->queue_size == RING_SIZE);
    must(device.lines == 3);
    must(port->ops->open(port) == VACCEL_OK && device.lines == 3);
}

/* What is allocated once in the image's life, and for each ring. */
enum { FOR_LIFE = 2, FOR_A_RING = 2 };

static unsigned int fails_at;

static void without_memory(void)
{
    size_t blocks = heap_blocks();
    const char *said;

    begin_device();
    heap_fail_at(fails_at);
    must(open_quietly(&said) == VACCEL_ENOMEM && strstr(said, "no memory"));
    must(!device.has_ring && UK_TAILQ_EMPTY(&device.virtio.vqs) && !memory_frames_used());
    heap_fail_at(0);
    must(port->ops->open(port) == VACCEL_OK);
    port->ops->reset(port);
    must(heap_blocks() == blocks + FOR_LIFE);
    must(device.lines == 1);
}

static void with_memory(void)
{
    begin_device();
    heap_fail_at(fails_at);
    must(port->ops->open(port) == VACCEL_OK);
}

static void no_device(void)
{
    must(!virtio_port_find());
    begin_device();
}

static void test_without_a_queue(void **state)
{
    (void)state;
    alone(without_a_queue);
}

static void test_without_memory(void **state)
{
    (void)state;
    for (fails_at = 1; fails_at <= FOR_LIFE + FOR_A_RING; fails_at++)
        alone(without_memory);
    alone(with_memory);
}

static void test_no_device(void **state)
{
    (void)state;
    alone(no_device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_device),
        cmocka_unit_test(test_without_a_queue),
        cmocka_unit_test(test_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
