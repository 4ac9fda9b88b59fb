/* SPDX-License-Identifier: Apache-2.0 */
/* Which devices of Unikraft's virtio bus are taken for accelerators, and what becomes of the others. */
#include "unikraft/driver.h"

#include "device.h"
#include "virtio/accel.h"

#include "../unit/captured.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <virtio/virtio_ids.h>

#include <cmocka.h>

#include "alone.h"

enum { UNKNOWN_ID = 77, ONES = 0xff };

/* A driver of disks, as Unikraft's is registered. */
static struct virtio_dev *disk;
static unsigned int asked;
static int disk_error;

static int add_disk(struct virtio_dev *device)
{
    disk = device;
    asked++;
    return disk_error;
}

static const struct virtio_dev_id disk_ids[] = {
    {UNKNOWN_ID + 1}, {VIRTIO_ID_BLOCK}, {VIRTIO_ID_INVALID}};
static struct virtio_driver disk_driver = {.dev_ids = disk_ids, .add_dev = add_disk};

static void register_disk_driver(void)
{
    _virtio_bus_register_driver(&disk_driver);
}

UK_CTOR_PRIO(register_disk_driver, UK_PRIO_AFTER(UK_BUS_REGISTER_PRIO));

static struct device devices[4];

static int add(struct device *device, uint16_t id, bool magic)
{
    device_begin(device, id, magic);
    return virtio_bus_register_device(&device->virtio);
}

/* The bus resets each device and tells it that there is a driver. */
static bool is_untouched(const struct device *device)
{
    return device->resets == 1 && device->status_writes == 2 && !device->lines &&
           device->status == (VIRTIO_CONFIG_STATUS_ACK | VIRTIO_CONFIG_STATUS_DRIVER);
}

static void no_device(void)
{
    must(!driver_accelerator());
}

static void carrier(void)
{
    must(!add(&devices[0], VIRTIO_ID_BLOCK, true));
    must(driver_accelerator() == &devices[0].virtio);
    must(is_untouched(&devices[0]) && !asked);
}

static void own_id(void)
{
    must(!add(&devices[0], CONFIG_LIBVACCEL_DEVICE_ID, true));
    must(driver_accelerator() == &devices[0].virtio);
    must(is_untouched(&devices[0]));
}

static void disk_of_another_driver(void)
{
    must(!add(&devices[0], VIRTIO_ID_BLOCK, false));
    must(!driver_accelerator());
    must(asked == 1 && disk == &devices[0].virtio && disk->vdrv == &disk_driver);
    must(is_untouched(&devices[0]));
}

/* What reads as ones, as a space does that is not there. */
static void disk_of_ones(void)
{
    device_begin(&devices[0], VIRTIO_ID_BLOCK, false);
    memset(devices[0].config, ONES, sizeof(devices[0].config));
    must(!virtio_bus_register_device(&devices[0].virtio));
    must(!driver_accelerator() && asked == 1);
}

static void disk_that_fails(void)
{
    disk_error = -EIO;
    must(add(&devices[0], VIRTIO_ID_BLOCK, false) == -EIO);
    must(devices[0].status & VIRTIO_CONFIG_STATUS_FAIL);
}

static void unreadable(void)
{
    device_begin(&devices[0], VIRTIO_ID_BLOCK, true);
    devices[0].is_mute = true;
    must(!virtio_bus_register_device(&devices[0].virtio));
    must(!driver_accelerator() && asked == 1);
}

/* It is as at power-on again, for whoever comes. */
static void without_a_driver(void)
{
    must(!add(&devices[0], CONFIG_LIBVACCEL_DEVICE_ID, false));
    must(!driver_accelerator() && !asked);
    must(!devices[0].status && devices[0].resets == 2);
}

static void never_asked(void)
{
    must(add(&devices[0], UNKNOWN_ID, true) == -EFAULT);
    must(!devices[0].resets && !devices[0].status_writes && !driver_accelerator());
}

static void another_version(void)
{
    static const uint8_t version = ACCEL_CONFIG_VERSION + 1;

    device_begin(&devices[0], VIRTIO_ID_BLOCK, true);
    memcpy(devices[0].config + ACCEL_CONFIG_AT_CARRIER + offsetof(struct accel_config, version),
           &version, sizeof(version));
    capture_begin();
    must(!virtio_bus_register_device(&devices[0].virtio));
    must(strstr(capture_end(), "of version 2"));
    must(!driver_accelerator());
}

static void second_accelerator(void)
{
    must(!add(&devices[0], VIRTIO_ID_BLOCK, true));
    must(!add(&devices[1], CONFIG_LIBVACCEL_DEVICE_ID, true));
    must(driver_accelerator() == &devices[0].virtio);
    must(is_untouched(&devices[1]) && !asked);
}

static void among_disks(void)
{
    must(!add(&devices[0], VIRTIO_ID_BLOCK, false));
    must(!add(&devices[1], VIRTIO_ID_BLOCK, true));
    must(!add(&devices[2], VIRTIO_ID_BLOCK, false));
    must(driver_accelerator() == &devices[1].virtio);
    must(asked == 2 && disk == &devices[2].virtio);
    must(is_untouched(&devices[0]) && is_untouched(&devices[2]));
}

/* A magic where the other kind of device would have it. */
static void magic_elsewhere(void)
{
    device_begin(&devices[0], CONFIG_LIBVACCEL_DEVICE_ID, true);
    devices[0].virtio.id.virtio_device_id = VIRTIO_ID_BLOCK;
    must(!virtio_bus_register_device(&devices[0].virtio));
    must(!driver_accelerator() && asked == 1);
}

#define ALONE(name) \
    static void test_##name(void **state) \
    { \
        (void)state; \
        alone(name); \
    } \
    _Static_assert(1, "")

ALONE(no_device);
ALONE(carrier);
ALONE(own_id);
ALONE(disk_of_another_driver);
ALONE(disk_of_ones);
ALONE(disk_that_fails);
ALONE(unreadable);
ALONE(without_a_driver);
ALONE(never_asked);
ALONE(another_version);
ALONE(second_accelerator);
ALONE(among_disks);
ALONE(magic_elsewhere);

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_device),
        cmocka_unit_test(test_carrier),
        cmocka_unit_test(test_own_id),
        cmocka_unit_test(test_disk_of_another_driver),
        cmocka_unit_test(test_disk_of_ones),
        cmocka_unit_test(test_disk_that_fails),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_without_a_driver),
        cmocka_unit_test(test_never_asked),
        cmocka_unit_test(test_another_version),
        cmocka_unit_test(test_second_accelerator),
        cmocka_unit_test(test_among_disks),
        cmocka_unit_test(test_magic_elsewhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
