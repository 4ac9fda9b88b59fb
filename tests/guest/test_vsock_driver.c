/* SPDX-License-Identifier: Apache-2.0 */
/* Streams over the driver of a vsock device that does as it should. */
#include "vsock_kit.h"

#include "platform/platform.h"
#include "vaccel/error.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

static void refuse(void)
{
    fake_vsock_say(VSOCK_OP_RST, 0, NULL, 0);
}

static void test_connect(void **state)
{
    const struct vsock_header *request = &fake_vsock.packets[0].header;

    (void)state;
    assert_int_equal(fake_vsock.status, 15);
    assert_int_equal(fake_vsock.nr_packets, 1);
    assert_int_equal(request->op, VSOCK_OP_REQUEST);
    assert_int_equal(request->type, VSOCK_TYPE_STREAM);
    assert_int_equal(request->src_cid, FAKE_CID);
    assert_int_equal(request->dst_cid, VSOCK_CID_HOST);
    assert_int_equal(request->dst_port, FAKE_PORT);
    assert_int_equal(request->buf_alloc, VSOCK_HELD_MOST);
    assert_int_equal(request->len, 0);
}

static void test_refused(void **state)
{
    const char *why;

    (void)state;
    fake_vsock.sleep = refuse;
    assert_int_equal(kit_connect(1000, &why), VACCEL_EREMOTEIO);
    assert_string_equal(why, "nobody listens there");
    assert_null(kit_driver.stream);
}

static void test_no_answer(void **state)
{
    const char *why;

    (void)state;
    assert_int_equal(kit_connect(KIT_PATIENCE_MS, &why), VACCEL_EREMOTEIO);
    assert_string_equal(why, "no answer in time");
    assert_int_equal(kit_last()->header.op, VSOCK_OP_RST);
}

/* Something always comes, but no answer. */
static void chatter(void)
{
    fake_vsock_say(VSOCK_OP_CREDIT_UPDATE, 0, NULL, 0);
}

static void test_chatter_is_no_answer(void **state)
{
    const char *why;

    (void)state;
    fake_vsock.sleep = chatter;
    assert_int_equal(kit_connect(KIT_PATIENCE_MS, &why), VACCEL_EREMOTEIO);
    assert_string_equal(why, "no answer in time");
}

static void test_another_connection_ends_the_first(void **state)
{
    struct vsock_stream *first = kit_stream;
    struct stream other = kit_carried;
    const char *why;
    char byte;

    (void)state;
    fake_vsock.sleep = kit_respond;
    assert_int_equal(kit_connect(1000, &why), VACCEL_OK);
    assert_int_equal(kit_count(VSOCK_OP_RST), 1);
    assert_int_equal(kit_receive(&byte, 1, 0), -1);
    assert_int_equal(errno, EIO);
    assert_ptr_equal(kit_carried.carried, first);
    other.carried = kit_stream;
    stream_end(&kit_carried);
    kit_carried = other;
    assert_ptr_equal(kit_driver.stream, kit_stream);
}

static void test_small_pieces_are_one_packet(void **state)
{
    const struct iovec list[] = {{(void *)"abc", 3}, {NULL, 0}, {(void *)"defg", 4}};

    (void)state;
    assert_int_equal(kit_carried.carrier->send(&kit_carried, list, 3), 7);
    assert_int_equal(fake_vsock.nr_packets, 2);
    assert_int_equal(kit_last()->header.op, VSOCK_OP_RW);
    assert_int_equal(kit_last()->header.len, 7);
    assert_memory_equal(fake_vsock.data, "abcdefg", 7);
}

static void test_much_is_sent_from_where_it_lies(void **state)
{
    unsigned char *data = kit_pattern(KIT_LARGE);
    size_t i;

    (void)state;
    assert_int_equal(kit_send(data, KIT_LARGE), KIT_LARGE);
    assert_int_equal(fake_vsock.nr_bytes, KIT_LARGE);
    assert_memory_equal(fake_vsock.data, data, KIT_LARGE);
    for (i = 1; i < fake_vsock.nr_packets; i++) {
        assert_int_equal(fake_vsock.packets[i].nr_segments, 2);
        assert_true(fake_vsock.packets[i].header.len <= VSOCK_DATA_MOST);
    }
    assert_ptr_equal(fake_vsock.packets[1].data, data);
    free(data);
}

static void give_credit(void)
{
    if (kit_last()->header.op == VSOCK_OP_CREDIT_REQUEST) {
        fake_taken = (uint32_t)fake_vsock.nr_bytes;
        fake_vsock_say(VSOCK_OP_CREDIT_UPDATE, 0, NULL, 0);
    }
}

static void test_no_more_than_credit(void **state)
{
    unsigned char *data = kit_pattern(1000);

    (void)state;
    fake_promised = 100;
    assert_true(fake_vsock_say(VSOCK_OP_CREDIT_UPDATE, 0, NULL, 0));
    assert_true(vsock_driver_take(&kit_driver));
    assert_int_equal(kit_send(data, 1000), 100);
    assert_int_equal(kit_send(data, 1), -1);
    assert_int_equal(errno, EAGAIN);
    fake_vsock.sleep = give_credit;
    assert_int_equal(kit_send(data + 100, 900), 900);
    assert_memory_equal(fake_vsock.data, data, 1000);
    assert_true(kit_count(VSOCK_OP_CREDIT_REQUEST) >= 10);
    free(data);
}

static void take_up(void)
{
    fake_vsock_take();
}

/* More packets than there are buffers, and a device that takes them when it likes. */
static void test_more_packets_than_buffers(void **state)
{
    int i;

    (void)state;
    fake_vsock.is_stuck = true;
    fake_vsock.sleep = take_up;
    for (i = 0; i < 3 * VSOCK_TX_BUFFERS; i++)
        assert_int_equal(kit_send("x", 1), 1);
    fake_vsock_take();
    assert_int_equal(fake_vsock.nr_bytes, 3 * VSOCK_TX_BUFFERS);
    fake_vsock.is_stuck = false;
}

static void test_bytes_are_held(void **state)
{
    char data[8] = "";

    (void)state;
    assert_int_equal(kit_receive(data, 8, MSG_DONTWAIT), -1);
    assert_int_equal(errno, EAGAIN);
    assert_true(fake_vsock_say(VSOCK_OP_RW, 0, "12345", 5));
    assert_int_equal(kit_receive(data, 2, MSG_DONTWAIT), 2);
    assert_true(kit_carried.carrier->wait(&kit_carried, 1));
    assert_int_equal(kit_receive(data + 2, 6, 0), 3);
    assert_string_equal(data, "12345");
    assert_false(kit_carried.carrier->wait(&kit_carried, 1000000));
    assert_int_equal(kit_receive(data, 8, 0), -1);
    assert_int_equal(errno, EAGAIN);
}

static unsigned char *source;
static size_t said;

/* As much as the other side has credit for. */
static void say_more(void)
{
    const struct vsock_header *heard = &kit_last()->header;
    size_t part = VSOCK_RX_DATA - 1;

    if (part > KIT_LARGE - said)
        part = KIT_LARGE - said;
    if (said + part - heard->fwd_cnt > heard->buf_alloc || !part)
        return;
    assert_true(fake_vsock_say(VSOCK_OP_RW, 0, source + said, part));
    said += part;
}

static void test_much_is_received(void **state)
{
    unsigned char *data = malloc(KIT_LARGE);
    struct iovec list[2];

    (void)state;
    assert_non_null(data);
    list[0] = (struct iovec){data, 1000};
    list[1] = (struct iovec){data + 1000, KIT_LARGE - 1000};
    source = kit_pattern(KIT_LARGE);
    said = 0;
    fake_vsock.sleep = say_more;
    assert_int_equal(kit_carried.carrier->receive(&kit_carried, list, 2, MSG_WAITALL), KIT_LARGE);
    assert_memory_equal(data, source, KIT_LARGE);
    assert_true(kit_count(VSOCK_OP_CREDIT_UPDATE) >= 2);
    free(source);
    free(data);
}

/* All that was promised comes while nobody wants it, again and again. */
static void test_what_is_held_goes_round(void **state)
{
    unsigned char *data = malloc(KIT_LARGE);
    size_t got = 0;

    (void)state;
    assert_non_null(data);
    source = kit_pattern(KIT_LARGE);
    said = 0;
    while (got < KIT_LARGE) {
        say_more();
        if (!vsock_driver_take(&kit_driver))
            break;
        if (said - got > 3 * VSOCK_RX_DATA || said == KIT_LARGE)
            got += (size_t)kit_receive(data + got, said - got - (said == KIT_LARGE ? 0 : 5000), 0);
    }
    while (got < KIT_LARGE)
        got += (size_t)kit_receive(data + got, KIT_LARGE - got, 0);
    assert_memory_equal(data, source, KIT_LARGE);
    free(source);
    free(data);
}

static void test_the_end(void **state)
{
    char data[4];

    (void)state;
    fake_vsock_say(VSOCK_OP_RW, 0, "ab", 2);
    fake_vsock_say(VSOCK_OP_SHUTDOWN, VSOCK_SHUTDOWN_SEND, NULL, 0);
    assert_int_equal(kit_receive(data, 4, MSG_WAITALL), 2);
    assert_int_equal(kit_receive(data, 4, 0), 0);
    assert_true(kit_carried.carrier->wait(&kit_carried, 1));
    assert_int_equal(kit_send("x", 1), 1);
    fake_vsock_say(VSOCK_OP_SHUTDOWN, VSOCK_SHUTDOWN_RECEIVE, NULL, 0);
    vsock_driver_take(&kit_driver);
    assert_int_equal(kit_send("x", 1), -1);
    assert_int_equal(errno, EPIPE);
}

static void test_a_reset(void **state)
{
    char data[4];

    (void)state;
    fake_vsock_say(VSOCK_OP_RW, 0, "ab", 2);
    fake_vsock_say(VSOCK_OP_RST, 0, NULL, 0);
    assert_int_equal(kit_receive(data, 4, MSG_WAITALL), 2);
    assert_int_equal(kit_receive(data, 4, 0), -1);
    assert_int_equal(errno, ECONNRESET);
    assert_int_equal(kit_send("x", 1), -1);
    assert_int_equal(errno, ECONNRESET);
}

static void test_shutdown(void **state)
{
    char byte;

    (void)state;
    kit_carried.carrier->shutdown(&kit_carried, SHUT_WR);
    assert_int_equal(kit_last()->header.op, VSOCK_OP_SHUTDOWN);
    assert_int_equal(kit_last()->header.flags, VSOCK_SHUTDOWN_SEND);
    assert_int_equal(kit_send("x", 1), -1);
    assert_int_equal(errno, EPIPE);
    kit_carried.carrier->shutdown(&kit_carried, SHUT_RDWR);
    assert_int_equal(kit_last()->header.flags, VSOCK_SHUTDOWN_SEND | VSOCK_SHUTDOWN_RECEIVE);
    assert_int_equal(kit_receive(&byte, 1, 0), 0);
}

static void test_credit_is_told_when_asked(void **state)
{
    (void)state;
    fake_vsock_say(VSOCK_OP_CREDIT_REQUEST, 0, NULL, 0);
    vsock_driver_take(&kit_driver);
    assert_int_equal(kit_last()->header.op, VSOCK_OP_CREDIT_UPDATE);
}

static void test_is_vsock(void **state)
{
    (void)state;
    assert_true(virtio_device_is_vsock(&fake_vsock.device, 19, 8));
    assert_false(virtio_device_is_vsock(&fake_vsock.device, 19, 7));
    assert_false(virtio_device_is_vsock(&fake_vsock.device, 2, 8));
}

#define CONNECTED(test) cmocka_unit_test_setup_teardown(test, kit_begin_connected, kit_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONNECTED(test_connect),
        cmocka_unit_test_setup_teardown(test_refused, kit_begin, kit_end),
        cmocka_unit_test_setup_teardown(test_no_answer, kit_begin, kit_end),
        cmocka_unit_test_setup_teardown(test_chatter_is_no_answer, kit_begin, kit_end),
        CONNECTED(test_another_connection_ends_the_first),
        CONNECTED(test_small_pieces_are_one_packet),
        CONNECTED(test_much_is_sent_from_where_it_lies),
        CONNECTED(test_no_more_than_credit),
        CONNECTED(test_more_packets_than_buffers),
        CONNECTED(test_bytes_are_held),
        CONNECTED(test_much_is_received),
        CONNECTED(test_what_is_held_goes_round),
        CONNECTED(test_the_end),
        CONNECTED(test_a_reset),
        CONNECTED(test_shutdown),
        CONNECTED(test_credit_is_told_when_asked),
        cmocka_unit_test_setup_teardown(test_is_vsock, kit_begin, kit_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
