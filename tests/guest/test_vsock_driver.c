/* SPDX-License-Identifier: Apache-2.0 */
/* Streams over the driver of a vsock device, with a device that does as it should, and some that do not. */
#include "fake_vsock.h"
#include "virtio-vsock/stream.h"

#include "platform/platform.h"
#include "vaccel/error.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

enum { PATIENCE_MS = 20, LARGE = 200 * 1000, NS_PER_MS = 1000000 };

static const struct stream_carrier *const carrier = &virtio_vsock_carrier;
static struct vsock_driver driver;
static struct vsock_stream *stream;
static struct stream carried;

static struct fake_packet *last(void)
{
    assert_true(fake_vsock.nr_packets > 0);
    return &fake_vsock.packets[fake_vsock.nr_packets - 1];
}

static size_t count(uint16_t op)
{
    size_t found = 0;
    size_t i;

    for (i = 0; i < fake_vsock.nr_packets; i++)
        found += fake_vsock.packets[i].header.op == op;
    return found;
}

static void respond(void)
{
    if (last()->header.op == VSOCK_OP_REQUEST)
        fake_vsock_say(VSOCK_OP_RESPONSE, 0, NULL, 0);
}

static void refuse(void)
{
    fake_vsock_say(VSOCK_OP_RST, 0, NULL, 0);
}

static void end_cleanly(void)
{
    if (last()->header.op == VSOCK_OP_SHUTDOWN)
        fake_vsock_say(VSOCK_OP_RST, 0, NULL, 0);
}

static int connect_to(unsigned int ms, const char **why)
{
    return vsock_stream_connect(&driver, VSOCK_CID_HOST, FAKE_PORT,
                                platform_clock() + (uint64_t)ms * NS_PER_MS, &stream, why);
}

static int begin(void **state)
{
    (void)state;
    fake_vsock_begin();
    stream = NULL;
    return vsock_driver_begin(&driver, &fake_vsock.device);
}

static int begin_connected(void **state)
{
    const char *why;
    int ret = begin(state);

    fake_vsock.sleep = respond;
    if (ret || connect_to(1000, &why))
        return -1;
    fake_vsock.sleep = NULL;
    stream_init_carried(&carried, carrier, stream);
    return carrier->set_patience(&carried, PATIENCE_MS, PATIENCE_MS);
}

static int end(void **state)
{
    (void)state;
    fake_vsock.sleep = end_cleanly;
    if (stream)
        stream_end(&carried);
    vsock_driver_end(&driver);
    return 0;
}

static ssize_t receive(void *data, size_t size, int flags)
{
    struct iovec list[] = {{data, size}};

    return carrier->receive(&carried, list, 1, flags);
}

static ssize_t send_bytes(const void *data, size_t size)
{
    const struct iovec list[] = {{(void *)data, size}};

    return carrier->send(&carried, list, 1);
}

static unsigned char *pattern(size_t size)
{
    unsigned char *data = malloc(size);
    size_t i;

    assert_non_null(data);
    for (i = 0; i < size; i++)
        data[i] = (unsigned char)(i * 7 + (i >> 8));
    return data;
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
    assert_int_equal(connect_to(1000, &why), VACCEL_EREMOTEIO);
    assert_string_equal(why, "nobody listens there");
    assert_null(driver.stream);
}

static void test_no_answer(void **state)
{
    const char *why;

    (void)state;
    assert_int_equal(connect_to(PATIENCE_MS, &why), VACCEL_EREMOTEIO);
    assert_string_equal(why, "no answer in time");
    assert_int_equal(last()->header.op, VSOCK_OP_RST);
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
    assert_int_equal(connect_to(PATIENCE_MS, &why), VACCEL_EREMOTEIO);
    assert_string_equal(why, "no answer in time");
}

static void test_another_connection_ends_the_first(void **state)
{
    struct vsock_stream *first = stream;
    struct stream other = carried;
    const char *why;
    char byte;

    (void)state;
    fake_vsock.sleep = respond;
    assert_int_equal(connect_to(1000, &why), VACCEL_OK);
    assert_int_equal(count(VSOCK_OP_RST), 1);
    assert_int_equal(receive(&byte, 1, 0), -1);
    assert_int_equal(errno, EIO);
    assert_ptr_equal(carried.carried, first);
    other.carried = stream;
    stream_end(&carried);
    carried = other;
    assert_ptr_equal(driver.stream, stream);
}

static void test_small_pieces_are_one_packet(void **state)
{
    const struct iovec list[] = {{(void *)"abc", 3}, {NULL, 0}, {(void *)"defg", 4}};

    (void)state;
    assert_int_equal(carrier->send(&carried, list, 3), 7);
    assert_int_equal(fake_vsock.nr_packets, 2);
    assert_int_equal(last()->header.op, VSOCK_OP_RW);
    assert_int_equal(last()->header.len, 7);
    assert_memory_equal(fake_vsock.data, "abcdefg", 7);
}

static void test_much_is_sent_from_where_it_lies(void **state)
{
    unsigned char *data = pattern(LARGE);
    size_t i;

    (void)state;
    assert_int_equal(send_bytes(data, LARGE), LARGE);
    assert_int_equal(fake_vsock.nr_bytes, LARGE);
    assert_memory_equal(fake_vsock.data, data, LARGE);
    for (i = 1; i < fake_vsock.nr_packets; i++) {
        assert_int_equal(fake_vsock.packets[i].nr_segments, 2);
        assert_true(fake_vsock.packets[i].header.len <= VSOCK_DATA_MOST);
    }
    assert_ptr_equal(fake_vsock.packets[1].data, data);
    free(data);
}

static void give_credit(void)
{
    if (last()->header.op == VSOCK_OP_CREDIT_REQUEST) {
        fake_taken = (uint32_t)fake_vsock.nr_bytes;
        fake_vsock_say(VSOCK_OP_CREDIT_UPDATE, 0, NULL, 0);
    }
}

static void test_no_more_than_credit(void **state)
{
    unsigned char *data = pattern(1000);

    (void)state;
    fake_promised = 100;
    assert_true(fake_vsock_say(VSOCK_OP_CREDIT_UPDATE, 0, NULL, 0));
    assert_true(vsock_driver_take(&driver));
    assert_int_equal(send_bytes(data, 1000), 100);
    assert_int_equal(send_bytes(data, 1), -1);
    assert_int_equal(errno, EAGAIN);
    fake_vsock.sleep = give_credit;
    assert_int_equal(send_bytes(data + 100, 900), 900);
    assert_memory_equal(fake_vsock.data, data, 1000);
    assert_true(count(VSOCK_OP_CREDIT_REQUEST) >= 10);
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
        assert_int_equal(send_bytes("x", 1), 1);
    fake_vsock_take();
    assert_int_equal(fake_vsock.nr_bytes, 3 * VSOCK_TX_BUFFERS);
    fake_vsock.is_stuck = false;
}

/* Memory of others is theirs again when send() returns, whatever it takes. */
static void test_a_device_that_takes_nothing_is_reset(void **state)
{
    unsigned char *data = pattern(LARGE);

    (void)state;
    fake_vsock.is_stuck = true;
    assert_int_equal(send_bytes(data, LARGE), -1);
    assert_int_equal(errno, EIO);
    assert_int_equal(fake_vsock.status, 0);
    assert_true(driver.is_gone);
    free(data);
    assert_int_equal(send_bytes("x", 1), -1);
    assert_int_equal(errno, EIO);
}

/* Not even that helps: it is waited for until it has taken them. */
static void test_a_device_that_cannot_be_reset(void **state)
{
    unsigned char *data = pattern(LARGE);

    (void)state;
    fake_vsock.is_stuck = true;
    fake_vsock.ignores_reset = true;
    assert_int_equal(send_bytes(data, LARGE), -1);
    assert_int_equal(errno, EIO);
    assert_int_equal(fake_vsock.nr_bytes, LARGE);
    fake_vsock.ignores_reset = false;
    free(data);
}

static void test_bytes_are_held(void **state)
{
    char data[8] = "";

    (void)state;
    assert_int_equal(receive(data, 8, MSG_DONTWAIT), -1);
    assert_int_equal(errno, EAGAIN);
    assert_true(fake_vsock_say(VSOCK_OP_RW, 0, "12345", 5));
    assert_int_equal(receive(data, 2, MSG_DONTWAIT), 2);
    assert_true(carrier->wait(&carried, 1));
    assert_int_equal(receive(data + 2, 6, 0), 3);
    assert_string_equal(data, "12345");
    assert_false(carrier->wait(&carried, NS_PER_MS));
    assert_int_equal(receive(data, 8, 0), -1);
    assert_int_equal(errno, EAGAIN);
}

static unsigned char *source;
static size_t said;

/* As much as the other side has credit for. */
static void say_more(void)
{
    const struct vsock_header *heard = &last()->header;
    size_t part = VSOCK_RX_DATA - 1;

    if (part > LARGE - said)
        part = LARGE - said;
    if (said + part - heard->fwd_cnt > heard->buf_alloc || !part)
        return;
    assert_true(fake_vsock_say(VSOCK_OP_RW, 0, source + said, part));
    said += part;
}

static void test_much_is_received(void **state)
{
    unsigned char *data = malloc(LARGE);
    struct iovec list[2];

    (void)state;
    assert_non_null(data);
    list[0] = (struct iovec){data, 1000};
    list[1] = (struct iovec){data + 1000, LARGE - 1000};
    source = pattern(LARGE);
    said = 0;
    fake_vsock.sleep = say_more;
    assert_int_equal(carrier->receive(&carried, list, 2, MSG_WAITALL), LARGE);
    assert_memory_equal(data, source, LARGE);
    assert_true(count(VSOCK_OP_CREDIT_UPDATE) >= 2);
    free(source);
    free(data);
}

/* All that was promised comes while nobody wants it, again and again. */
static void test_what_is_held_goes_round(void **state)
{
    unsigned char *data = malloc(LARGE);
    size_t got = 0;

    (void)state;
    assert_non_null(data);
    source = pattern(LARGE);
    said = 0;
    while (got < LARGE) {
        say_more();
        if (!vsock_driver_take(&driver))
            break;
        if (said - got > 3 * VSOCK_RX_DATA || said == LARGE)
            got += (size_t)receive(data + got, said - got - (said == LARGE ? 0 : 5000), 0);
    }
    while (got < LARGE)
        got += (size_t)receive(data + got, LARGE - got, 0);
    assert_memory_equal(data, source, LARGE);
    free(source);
    free(data);
}

static void test_the_end(void **state)
{
    char data[4];

    (void)state;
    fake_vsock_say(VSOCK_OP_RW, 0, "ab", 2);
    fake_vsock_say(VSOCK_OP_SHUTDOWN, VSOCK_SHUTDOWN_SEND, NULL, 0);
    assert_int_equal(receive(data, 4, MSG_WAITALL), 2);
    assert_int_equal(receive(data, 4, 0), 0);
    assert_true(carrier->wait(&carried, 1));
    assert_int_equal(send_bytes("x", 1), 1);
    fake_vsock_say(VSOCK_OP_SHUTDOWN, VSOCK_SHUTDOWN_RECEIVE, NULL, 0);
    vsock_driver_take(&driver);
    assert_int_equal(send_bytes("x", 1), -1);
    assert_int_equal(errno, EPIPE);
}

static void test_a_reset(void **state)
{
    char data[4];

    (void)state;
    fake_vsock_say(VSOCK_OP_RW, 0, "ab", 2);
    fake_vsock_say(VSOCK_OP_RST, 0, NULL, 0);
    assert_int_equal(receive(data, 4, MSG_WAITALL), 2);
    assert_int_equal(receive(data, 4, 0), -1);
    assert_int_equal(errno, ECONNRESET);
    assert_int_equal(send_bytes("x", 1), -1);
    assert_int_equal(errno, ECONNRESET);
}

static void test_shutdown(void **state)
{
    char byte;

    (void)state;
    carrier->shutdown(&carried, SHUT_WR);
    assert_int_equal(last()->header.op, VSOCK_OP_SHUTDOWN);
    assert_int_equal(last()->header.flags, VSOCK_SHUTDOWN_SEND);
    assert_int_equal(send_bytes("x", 1), -1);
    assert_int_equal(errno, EPIPE);
    carrier->shutdown(&carried, SHUT_RDWR);
    assert_int_equal(last()->header.flags, VSOCK_SHUTDOWN_SEND | VSOCK_SHUTDOWN_RECEIVE);
    assert_int_equal(receive(&byte, 1, 0), 0);
}

static void test_credit_is_told_when_asked(void **state)
{
    (void)state;
    fake_vsock_say(VSOCK_OP_CREDIT_REQUEST, 0, NULL, 0);
    vsock_driver_take(&driver);
    assert_int_equal(last()->header.op, VSOCK_OP_CREDIT_UPDATE);
}

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
        assert_true(vsock_driver_take(&driver));
        assert_int_equal(count(VSOCK_OP_RST), i + 1);
        assert_int_equal(last()->header.dst_port, header.src_port);
        assert_int_equal(last()->header.dst_cid, header.src_cid);
    }
    /* A reset is not answered. */
    header = good;
    header.op = VSOCK_OP_RST;
    header.dst_port = 1;
    fake_vsock_write(VSOCK_QUEUE_RX, &header, VSOCK_HEADER_SIZE, VSOCK_HEADER_SIZE);
    assert_true(vsock_driver_take(&driver));
    assert_int_equal(count(VSOCK_OP_RST), i);
    assert_false(driver.is_gone);
}

static void assert_distrusted(void)
{
    char byte;

    while (vsock_driver_take(&driver))
        continue;
    assert_true(driver.is_gone);
    assert_int_equal(receive(&byte, 1, 0), -1);
    assert_int_equal(errno, EIO);
    assert_int_equal(send_bytes("x", 1), -1);
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
    unsigned char *data = pattern(VSOCK_RX_DATA);
    size_t i;

    (void)state;
    for (i = 0; i < VSOCK_HELD_MOST / VSOCK_RX_DATA; i++) {
        assert_true(fake_vsock_say(VSOCK_OP_RW, 0, data, VSOCK_RX_DATA));
        assert_true(vsock_driver_take(&driver));
    }
    assert_false(driver.is_gone);
    assert_true(fake_vsock_say(VSOCK_OP_RW, 0, data, 1));
    assert_true(vsock_driver_take(&driver));
    assert_true(driver.is_gone);
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
    assert_int_equal(receive(&byte, 1, 0), -1);
    assert_int_equal(errno, EIO);
    assert_true(driver.is_gone);
}

static void test_the_machine_goes_elsewhere(void **state)
{
    const uint32_t event = 0;
    const char *why;
    char byte;

    (void)state;
    fake_vsock.cid = 77;
    assert_true(fake_vsock_write(VSOCK_QUEUE_EVENT, &event, sizeof(event), sizeof(event)));
    assert_int_equal(receive(&byte, 1, 0), -1);
    assert_int_equal(errno, EIO);
    assert_false(driver.is_gone);
    stream_end(&carried);
    fake_vsock.sleep = respond;
    assert_int_equal(connect_to(1000, &why), VACCEL_OK);
    assert_int_equal(last()->header.src_cid, 77);
    carried.carried = stream;
}

static void test_small_queues(void **state)
{
    (void)state;
    vsock_driver_end(&driver);
    fake_vsock.queue_size = 1;
    assert_int_equal(vsock_driver_begin(&driver, &fake_vsock.device), VACCEL_ENODEV);
    fake_vsock.queue_size = 0;
    assert_int_equal(vsock_driver_begin(&driver, &fake_vsock.device), VACCEL_ENODEV);
    fake_vsock.queue_size = 2;
    assert_int_equal(vsock_driver_begin(&driver, &fake_vsock.device), VACCEL_OK);
}

static void test_is_vsock(void **state)
{
    (void)state;
    assert_true(virtio_device_is_vsock(&fake_vsock.device, 19, 8));
    assert_false(virtio_device_is_vsock(&fake_vsock.device, 19, 7));
    assert_false(virtio_device_is_vsock(&fake_vsock.device, 2, 8));
}

#define CONNECTED(test) cmocka_unit_test_setup_teardown(test, begin_connected, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONNECTED(test_connect),
        cmocka_unit_test_setup_teardown(test_refused, begin, end),
        cmocka_unit_test_setup_teardown(test_no_answer, begin, end),
        cmocka_unit_test_setup_teardown(test_chatter_is_no_answer, begin, end),
        CONNECTED(test_another_connection_ends_the_first),
        CONNECTED(test_small_pieces_are_one_packet),
        CONNECTED(test_much_is_sent_from_where_it_lies),
        CONNECTED(test_no_more_than_credit),
        CONNECTED(test_more_packets_than_buffers),
        CONNECTED(test_a_device_that_takes_nothing_is_reset),
        CONNECTED(test_a_device_that_cannot_be_reset),
        CONNECTED(test_bytes_are_held),
        CONNECTED(test_much_is_received),
        CONNECTED(test_what_is_held_goes_round),
        CONNECTED(test_the_end),
        CONNECTED(test_a_reset),
        CONNECTED(test_shutdown),
        CONNECTED(test_credit_is_told_when_asked),
        CONNECTED(test_packets_of_others_are_reset),
        CONNECTED(test_less_than_a_header),
        CONNECTED(test_more_than_was_written),
        CONNECTED(test_more_than_there_is_room),
        CONNECTED(test_more_than_was_promised),
        CONNECTED(test_unknown_operations),
        CONNECTED(test_what_was_not_posted),
        CONNECTED(test_reset_behind_our_back),
        CONNECTED(test_the_machine_goes_elsewhere),
        cmocka_unit_test_setup_teardown(test_small_queues, begin, end),
        cmocka_unit_test_setup_teardown(test_is_vsock, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
