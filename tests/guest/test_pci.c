/* SPDX-License-Identifier: Apache-2.0 */
/* Which functions of a PCI bus are taken for accelerators. The bus and its registers are memory here. */
#include "virtio/accel.h"
#include "virtio/pci.h"

#include "platform/platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NR_FUNCTIONS = 2 << 8, CONFIG_SIZE = 256, BAR_SIZE = 0x4000, BAR_ADDRESS = 0xfe000000 };
enum { COMMON = 0x0000, NOTIFY = 0x1000, DEVICE = 0x2000, VECTORS = 0x3000 };
enum { SLOT_3 = 3 << 3, STATUS = 20, QUEUE_SIZE = 24, QUEUE_ENABLE = 28, MESSAGE = 0x4321 };
/* Where device_features is, both halves: VIRTIO_F_RING_EVENT_IDX and VIRTIO_F_VERSION_1 - 32. */
static const uint32_t features = 1u << 29 | 1;

static uint8_t spaces[NR_FUNCTIONS][CONFIG_SIZE];
static uint8_t bar[BAR_SIZE] __attribute__((aligned(64)));

static uint32_t config_read(uint32_t function, uint32_t offset)
{
    uint32_t value = UINT32_MAX;

    assert_true(offset <= CONFIG_SIZE - sizeof(value) && offset % 4 == 0);
    if (function < NR_FUNCTIONS)
        memcpy(&value, &spaces[function][offset], sizeof(value));
    return value;
}

/* The status, beside the command, cannot be set. */
static void config_write(uint32_t function, uint32_t offset, uint32_t value)
{
    assert_true(function < NR_FUNCTIONS && offset <= CONFIG_SIZE - sizeof(value));
    memcpy(&spaces[function][offset], &value, offset == 4 ? 2 : sizeof(value));
}

static volatile void *map(uint64_t address, uint64_t size)
{
    if (address < BAR_ADDRESS || address - BAR_ADDRESS > BAR_SIZE ||
        size > BAR_SIZE - (address - BAR_ADDRESS))
        return NULL;
    return bar + (address - BAR_ADDRESS);
}

static bool message(uint64_t *address, uint32_t *data)
{
    *address = 0xfee00000;
    *data = MESSAGE;
    return true;
}

static bool sleep_until(uint64_t deadline)
{
    (void)deadline;
    return false;
}

static const struct pci_access pci = {.read = config_read, .write = config_write};
static const struct virtio_machine machine = {
    .map = map,
    .message = message,
    .sleep = sleep_until,
};

static void set16(uint32_t function, size_t offset, uint16_t value)
{
    memcpy(&spaces[function][offset], &value, sizeof(value));
}

/* A vendor capability at @at. */
static void add_structure(uint32_t function, uint8_t at, uint8_t next, uint8_t kind,
                          uint32_t offset, uint32_t size)
{
    const uint8_t head[] = {9, next, 20, kind, 4, 0, 0, 0};

    memcpy(&spaces[function][at], head, sizeof(head));
    config_write(function, at + 8u, offset);
    config_write(function, at + 12u, size);
    config_write(function, at + 16u, 4);
}

static void add_device(uint32_t function, uint16_t pci_id)
{
    const uint8_t msix[] = {0x11, 0, 0, 0, 4, 0x30, 0, 0};

    memset(spaces[function], 0, CONFIG_SIZE);
    set16(function, 0, 0x1af4);
    set16(function, 2, pci_id);
    set16(function, 6, 0x10);
    spaces[function][0x34] = 0x40;
    config_write(function, 0x10 + 4 * 4, BAR_ADDRESS | 4);
    add_structure(function, 0x40, 0x60, 1, COMMON, 0x1000);
    add_structure(function, 0x60, 0x80, 2, NOTIFY, 0x1000);
    add_structure(function, 0x80, 0xa0, 4, DEVICE, 0x1000);
    memcpy(&spaces[function][0xa0], msix, sizeof(msix));
}

static void set_magic(size_t at, uint16_t version)
{
    const struct accel_config config = {.magic = WIRE_MAGIC, .version = version};

    memcpy(bar + DEVICE + at, &config, sizeof(config));
}

static int begin(void **state)
{
    (void)state;
    memset(spaces, 0xff, sizeof(spaces));
    memset(bar, 0, sizeof(bar));
    memcpy(bar + COMMON + 4, &features, sizeof(features));
    bar[COMMON + QUEUE_SIZE + 1] = 2; /* 512 */
    return 0;
}

static struct virtio_port *find(void)
{
    struct virtio_device *found = virtio_pci_find(&pci, &machine, virtio_device_is_accelerator);

    return found ? &found->port : NULL;
}

/* Bring it up, look at it, and end it. */
static void use(struct virtio_port *port)
{
    struct virtio_segment segment = {0x1000, 4};
    uint32_t value;
    uint64_t address;

    assert_non_null(port);
    assert_int_equal(port->ops->open(port), 0);
    assert_int_equal(port->queue_size, 256);
    assert_int_equal(bar[COMMON + STATUS], 15);
    assert_int_equal(bar[COMMON + QUEUE_ENABLE], 1);
    memcpy(&address, bar + COMMON + 32, sizeof(address));
    assert_true(address && address % 16 == 0);
    memcpy(&value, bar + VECTORS + 8, sizeof(value));
    assert_int_equal(value, MESSAGE);
    memset(bar + NOTIFY, 0xff, 8);
    assert_true(port->ops->post(port, &segment, 1, 0, bar));
    port->ops->notify(port);
    assert_int_equal(bar[NOTIFY], ACCEL_QUEUE);
    port->ops->reset(port);
    assert_int_equal(bar[COMMON + STATUS], 0);
    platform_free(port);
}

static void test_nothing(void **state)
{
    (void)state;
    assert_null(find());
}

static void test_carrier(void **state)
{
    (void)state;
    add_device(SLOT_3, 0x1042);
    set_magic(ACCEL_CONFIG_AT_CARRIER, ACCEL_CONFIG_VERSION);
    use(find());
    assert_int_equal(config_read(SLOT_3, 4) & 0x406, 0x406);
    assert_true(config_read(SLOT_3, 0xa0) & 1u << 31);
}

static void test_transitional_carrier(void **state)
{
    (void)state;
    add_device(SLOT_3, 0x1001);
    set16(SLOT_3, 0x2e, 2);
    set_magic(ACCEL_CONFIG_AT_CARRIER, ACCEL_CONFIG_VERSION);
    use(find());
}

static void test_own_id(void **state)
{
    (void)state;
    add_device(SLOT_3, 0x1040 + ACCEL_ID_OWN);
    set_magic(ACCEL_CONFIG_AT_OWN, ACCEL_CONFIG_VERSION);
    use(find());
}

static void test_disk_is_left_alone(void **state)
{
    (void)state;
    add_device(SLOT_3, 0x1042);
    bar[COMMON + STATUS] = 15;
    set_magic(ACCEL_CONFIG_AT_OWN, ACCEL_CONFIG_VERSION);
    assert_null(find());
    assert_int_equal(bar[COMMON + STATUS], 15);
    assert_int_equal(config_read(SLOT_3, 4) & 0x404, 0);
}

static void test_other_version(void **state)
{
    (void)state;
    add_device(SLOT_3, 0x1042);
    set_magic(ACCEL_CONFIG_AT_CARRIER, ACCEL_CONFIG_VERSION + 1);
    assert_null(find());
}

static void test_behind_a_bridge(void **state)
{
    (void)state;
    memset(spaces[SLOT_3], 0, CONFIG_SIZE);
    spaces[SLOT_3][0x0e] = 1;
    spaces[SLOT_3][0x19] = 1;
    add_device(1 << 8 | 7, 0x1042);
    memset(spaces[1 << 8], 0, CONFIG_SIZE);
    spaces[1 << 8][0x0e] = 0x80;
    set_magic(ACCEL_CONFIG_AT_CARRIER, ACCEL_CONFIG_VERSION);
    use(find());
}

/* Bridges that lead back, and to where nothing is. */
static void test_bridge_to_itself(void **state)
{
    uint8_t secondary[] = {0, 1, 200};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(secondary); i++) {
        memset(spaces[SLOT_3], 0, CONFIG_SIZE);
        spaces[SLOT_3][0x0e] = 1;
        spaces[SLOT_3][0x19] = secondary[i];
        memcpy(spaces[1 << 8], spaces[SLOT_3], CONFIG_SIZE);
        assert_null(find());
    }
}

static void test_capabilities_in_a_circle(void **state)
{
    (void)state;
    add_device(SLOT_3, 0x1042);
    set_magic(ACCEL_CONFIG_AT_CARRIER, ACCEL_CONFIG_VERSION);
    spaces[SLOT_3][0x61] = 0x40;
    assert_null(find());
    spaces[SLOT_3][0x61] = 0x80;
    spaces[SLOT_3][0xa1] = 0x40;
    spaces[SLOT_3][0x34] = 0x42;
    use(find());
}

static void test_without_an_address(void **state)
{
    (void)state;
    add_device(SLOT_3, 0x1042);
    set_magic(ACCEL_CONFIG_AT_CARRIER, ACCEL_CONFIG_VERSION);
    config_write(SLOT_3, 0x10 + 4 * 4, 4);
    assert_null(find());
}

/* A structure that is too short, in a port BAR, in no BAR, or behind its end. */
static void test_bad_structures(void **state)
{
    (void)state;
    set_magic(ACCEL_CONFIG_AT_CARRIER, ACCEL_CONFIG_VERSION);
    add_device(SLOT_3, 0x1042);
    add_structure(SLOT_3, 0x80, 0xa0, 4, DEVICE, ACCEL_CONFIG_AT_CARRIER + 4);
    assert_null(find());
    add_device(SLOT_3, 0x1042);
    add_structure(SLOT_3, 0x40, 0x60, 1, COMMON, 40);
    assert_null(find());
    add_device(SLOT_3, 0x1042);
    config_write(SLOT_3, 0x10 + 4 * 4, 0xc001);
    assert_null(find());
    add_device(SLOT_3, 0x1042);
    spaces[SLOT_3][0x44] = 6;
    assert_null(find());
    add_device(SLOT_3, 0x1042);
    add_structure(SLOT_3, 0x60, 0x80, 2, NOTIFY, UINT32_MAX);
    assert_null(find());
}

static void test_without_a_queue(void **state)
{
    struct virtio_port *port;

    (void)state;
    add_device(SLOT_3, 0x1042);
    set_magic(ACCEL_CONFIG_AT_CARRIER, ACCEL_CONFIG_VERSION);
    bar[COMMON + QUEUE_SIZE + 1] = 0;
    port = find();
    assert_non_null(port);
    assert_int_not_equal(port->ops->open(port), 0);
    assert_true(bar[COMMON + STATUS] & VIRTIO_STATUS_FAILED);
    platform_free(port);
}

static void test_large_buffers_are_several_segments(void **state)
{
    struct virtio_segment segments[4];
    const char *data = (const char *)(uintptr_t)64;
    struct virtio_port *port;

    (void)state;
    add_device(SLOT_3, 0x1042);
    set_magic(ACCEL_CONFIG_AT_CARRIER, ACCEL_CONFIG_VERSION);
    port = find();
    assert_non_null(port);
    assert_int_equal(port->ops->map(port, data, 1, segments, 4), 1);
    assert_int_equal(port->ops->map(port, data, (size_t)5 << 29, segments, 4), 3);
    assert_int_equal(segments[2].address, 64 + (UINT64_C(2) << 30));
    assert_int_equal(segments[2].size, 1 << 29);
    assert_int_equal(port->ops->map(port, data, (size_t)5 << 29, segments, 2), 0);
    platform_free(port);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_nothing, begin),
        cmocka_unit_test_setup(test_carrier, begin),
        cmocka_unit_test_setup(test_transitional_carrier, begin),
        cmocka_unit_test_setup(test_own_id, begin),
        cmocka_unit_test_setup(test_disk_is_left_alone, begin),
        cmocka_unit_test_setup(test_other_version, begin),
        cmocka_unit_test_setup(test_behind_a_bridge, begin),
        cmocka_unit_test_setup(test_bridge_to_itself, begin),
        cmocka_unit_test_setup(test_capabilities_in_a_circle, begin),
        cmocka_unit_test_setup(test_without_an_address, begin),
        cmocka_unit_test_setup(test_bad_structures, begin),
        cmocka_unit_test_setup(test_without_a_queue, begin),
        cmocka_unit_test_setup(test_large_buffers_are_several_segments, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
