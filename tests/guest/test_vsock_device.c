/* SPDX-License-Identifier: Apache-2.0 */
/* Streams over the driver of vsock devices that do not do as they should, or go. */
#include "vsock_kit.h"

#include "vaccel/error.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_packets_of_others_are_reset(void **state)
{
    const struct {
        size_t field;
        uint32_t value;
    } wrong[] = {{offsetof(struct vsock_header, src_port), 1},
                 {offsetof(struct vsock_header, dst_port), 1},
                 {offsetof(struct vsock_header, src_cid), 9},
                 {offsetof(struct vsock_header, dst_cid), 9}};
    const struct vsock_header good = fake_vsock_header(VSOCK_OP_RW);
    struct vsock_header header;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        header = good;
        memcpy((char *)&header + wrong[i].field, &wrong[i].value, sizeof(uint32_t));
        fake_vsock_write(VSOCK_QUEUE_RX, &header, VSOCK_HEADER_SIZE, VSOCK_HEADER_SIZE);
        assert_true(vsock_driver_take(&kit_driver));
        assert_int_equal(kit_count(VSOCK_OP_RST), i + 1);
        assert_int_equal(kit_last()->header.dst_port, header.src_port);
        assert_int_equal(kit_last()->header.dst_cid, header.src_cid);
    }
    /* A reset is not answered. */
    header = good;
    header.op = VSOCK_OP_RST;
    header.dst_port = 1;
    fake_vsock_write(VSOCK_QUEUE_RX, &header, VSOCK_HEADER_SIZE, VSOCK_HEADER_SIZE);
    assert_true(vsock_driver_take(&kit_driver));
    assert_int_equal(kit_count(VSOCK_OP_RST), i);
    assert_false(kit_driver.is_gone);
}

static void assert_distrusted(void)
{
    char byte;

    while (vsock_driver_take(&kit_driver))
        continue;
    assert_true(kit_driver.is_gone);
    assert_int_equal(kit_receive(&byte, 1, 0), -1);
    assert_int_equal(errno, EIO);
    assert_int_equal(kit_send("x", 1), -1);
    assert_int_equal(errno, EIO);
}

static void test_less_than_a_header(void **state)
{
    (void)state;
    fake_vsock_write(VSOCK_QUEUE_RX, "", 1, VSOCK_HEADER_SIZE - 1);
    assert_distrusted();
}

static void test_more_than_was_written(void **state)
{
    struct vsock_header header = fake_vsock_header(VSOCK_OP_RW);

    (void)state;
    header.len = 1;
    fake_vsock_write(VSOCK_QUEUE_RX, &header, VSOCK_HEADER_SIZE, VSOCK_HEADER_SIZE);
    assert_distrusted();
}

static void test_more_than_there_is_room(void **state)
{
    (void)state;
    fake_vsock_write(VSOCK_QUEUE_RX, "", 1, VSOCK_HEADER_SIZE + VSOCK_RX_DATA + 1);
    assert_distrusted();
}

static void test_more_than_was_promised(void **state)
{
    unsigned char *data = kit_pattern(VSOCK_RX_DATA);
    size_t i;

    (void)state;
    for (i = 0; i < VSOCK_HELD_MOST / VSOCK_RX_DATA; i++) {
        assert_true(fake_vsock_say(VSOCK_OP_RW, 0, data, VSOCK_RX_DATA));
        assert_true(vsock_driver_take(&kit_driver));
    }
    assert_false(kit_driver.is_gone);
    assert_true(fake_vsock_say(VSOCK_OP_RW, 0, data, 1));
    assert_true(vsock_driver_take(&kit_driver));
    assert_true(kit_driver.is_gone);
    free(data);
}

static void test_unknown_operations(void **state)
{
    (void)state;
    fake_vsock_say(VSOCK_OP_RESPONSE, 0, NULL, 0);
    assert_distrusted();
}

static void test_what_was_not_posted(void **state)
{
    const struct virtqueue *rx = fake_vsock.queues[VSOCK_QUEUE_RX];

    (void)state;
    rx->used->ring[rx->used->idx] = (struct virtq_used_elem){63, VSOCK_HEADER_SIZE};
    rx->used->idx += 1;
    assert_distrusted();
}

static void test_reset_behind_our_back(void **state)
{
    char byte;

    (void)state;
    fake_vsock.status = 0;
    assert_int_equal(kit_receive(&byte, 1, 0), -1);
    assert_int_equal(errno, EIO);
    assert_true(kit_driver.is_gone);
}

static void test_the_machine_goes_elsewhere(void **state)
{
    const uint32_t event = 0;
    const char *why;
    char byte;

    (void)state;
    fake_vsock.cid = 77;
    assert_true(fake_vsock_write(VSOCK_QUEUE_EVENT, &event, sizeof(event), sizeof(event)));
    assert_int_equal(kit_receive(&byte, 1, 0), -1);
    assert_int_equal(errno, EIO);
    assert_false(kit_driver.is_gone);
    stream_end(&kit_carried);
    fake_vsock.sleep = kit_respond;
    assert_int_equal(kit_connect(1000, &why), VACCEL_OK);
    assert_int_equal(kit_last()->header.src_cid, 77);
    kit_carried.carried = kit_stream;
}

static void test_small_queues(void **state)
{
    (void)state;
    vsock_driver_end(&kit_driver);
    fake_vsock.queue_size = 1;
    assert_int_equal(vsock_driver_begin(&kit_driver, &fake_vsock.device), VACCEL_ENODEV);
    fake_vsock.queue_size = 0;
    assert_int_equal(vsock_driver_begin(&kit_driver, &fake_vsock.device), VACCEL_ENODEV);
    fake_vsock.queue_size = 2;
    assert_int_equal(vsock_driver_begin(&kit_driver, &fake_vsock.device), VACCEL_OK);
}

/* Memory of others is theirs again when send() returns, whatever it takes. */
static void test_a_device_that_takes_nothing_is_reset(void **state)
{
    unsigned char *data = kit_pattern(KIT_LARGE);

    (void)state;
    fake_vsock.is_stuck = true;
    assert_int_equal(kit_send(data, KIT_LARGE), -1);
    assert_int_equal(errno, EIO);
    assert_int_equal(fake_vsock.status, 0);
    assert_true(kit_driver.is_gone);
    free(data);
    assert_int_equal(kit_send("x", 1), -1);
    assert_int_equal(errno, EIO);
}

/* Not even that helps: it is waited for until it has taken them. */
static void test_a_device_that_cannot_be_reset(void **state)
{
    unsigned char *data = kit_pattern(KIT_LARGE);

    (void)state;
    fake_vsock.is_stuck = true;
    fake_vsock.ignores_reset = true;
    assert_int_equal(kit_send(data, KIT_LARGE), -1);
    assert_int_equal(errno, EIO);
    assert_int_equal(fake_vsock.nr_bytes, KIT_LARGE);
    fake_vsock.ignores_reset = false;
    free(data);
}

#define CONNECTED(test) cmocka_unit_test_setup_teardown(test, kit_begin_connected, kit_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONNECTED(test_a_device_that_takes_nothing_is_reset),
        CONNECTED(test_a_device_that_cannot_be_reset),
        CONNECTED(test_packets_of_others_are_reset),
        CONNECTED(test_less_than_a_header),
        CONNECTED(test_more_than_was_written),
        CONNECTED(test_more_than_there_is_room),
        CONNECTED(test_more_than_was_promised),
        CONNECTED(test_unknown_operations),
        CONNECTED(test_what_was_not_posted),
        CONNECTED(test_reset_behind_our_back),
        CONNECTED(test_the_machine_goes_elsewhere),
        cmocka_unit_test_setup_teardown(test_small_queues, kit_begin, kit_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
