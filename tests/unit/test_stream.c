/* SPDX-License-Identifier: Apache-2.0 */
/* Messages over a socket: large ones come in parts, and small ones do not wait for their end. */
#include "stream/stream.h"
#include "vaccel/error.h"
#include "wire/wire.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

enum { LARGE = 5 * WIRE_PART_MAX + 3, SMALL_MESSAGES = 200 };

static struct stream here, there;
static bool has_timeouts = true;

static int begin(void **state)
{
    int ends[2];

    (void)state;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
        return -1;
    stream_init(&here, ends[0], NULL);
    stream_init(&there, ends[1], NULL);
    return 0;
}

/* Instead of the C library's: sockets of lwip, which may have no time-outs, and know one flag only. */
int setsockopt(int fd, int level, int option, const void *value, socklen_t size)
{
    if (has_timeouts)
        return (int)syscall(SYS_setsockopt, fd, level, option, value, size);
    errno = ENOPROTOOPT;
    return -1;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    if (has_timeouts || !(flags & ~MSG_DONTWAIT))
        return syscall(SYS_sendmsg, fd, message, flags);
    errno = EOPNOTSUPP;
    return -1;
}

static int begin_polled(void **state)
{
    if (begin(state))
        return -1;
    has_timeouts = false;
    stream_set_patience(&here, 0);
    stream_set_patience(&there, 0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    has_timeouts = true;
    stream_end(&here);
    stream_end(&there);
    return 0;
}

static unsigned char byte_at(size_t i)
{
    return (unsigned char)(i * 7 + i / 251);
}

/* In pieces of all sizes, some of them empty. */
static size_t cut(unsigned char *data, size_t size, struct piece *list, size_t count)
{
    size_t used = 0;
    size_t part;
    size_t i;

    for (i = 0; i + 1 < count; i++) {
        part = i % 5 ? i * i * 13 : 0;
        if (part > size - used)
            part = size - used;
        list[i] = (struct piece){data + used, part};
        used += part;
    }
    list[i] = (struct piece){data + used, size - used};
    return count;
}

static void *send_large(void *context)
{
    unsigned char *data = context;
    struct wire_header header = {.type = WIRE_CALL, .id = 1};
    struct piece list[300];
    struct pieces pieces = {.list = list, .count = cut(data, LARGE, list, 300)};

    return (void *)(intptr_t)stream_send(&here, &header, sizeof(header), &pieces);
}

static void *send_small(void *context)
{
    struct wire_header header = {.type = WIRE_PING};
    int ret = VACCEL_OK;
    int i;

    (void)context;
    for (i = 0; i < SMALL_MESSAGES && ret == VACCEL_OK; i++) {
        header.id = 1000 + (uint64_t)i;
        ret = stream_send(&here, &header, sizeof(header), NULL);
    }
    return (void *)(intptr_t)ret;
}

static void join(pthread_t thread)
{
    void *ret;

    pthread_join(thread, &ret);
    assert_int_equal((intptr_t)ret, VACCEL_OK);
}

/* Receive one header; its payload goes into @pieces. */
static struct wire_header receive(struct pieces *pieces)
{
    struct wire_header header;

    assert_int_equal(stream_receive(&there, &header, sizeof(header)), VACCEL_OK);
    if (header.payload_size)
        assert_int_equal(stream_receive_pieces(&there, pieces, header.payload_size), VACCEL_OK);
    return header;
}

static void test_a_large_message_arrives_among_small_ones(void **state)
{
    unsigned char *sent = malloc(LARGE);
    unsigned char *got = calloc(1, LARGE);
    struct piece list[90];
    struct pieces pieces = {.list = list, .count = cut(got, LARGE, list, 90)};
    uint64_t left = LARGE;
    unsigned int small = 0;
    struct wire_header header;
    pthread_t threads[2];
    size_t i;

    (void)state;
    for (i = 0; i < LARGE; i++)
        sent[i] = byte_at(i);
    pthread_create(&threads[0], NULL, send_large, sent);
    pthread_create(&threads[1], NULL, send_small, NULL);
    while (left || small < SMALL_MESSAGES) {
        header = receive(&pieces);
        if (header.type == WIRE_PING) {
            assert_int_equal(header.id, 1000 + small++);
            continue;
        }
        assert_int_equal(header.id, 1);
        assert_true(header.payload_size && header.payload_size <= WIRE_PART_MAX);
        left -= header.payload_size;
        assert_int_equal(header.flags, left ? WIRE_MORE : 0);
    }
    join(threads[0]);
    join(threads[1]);
    assert_memory_equal(sent, got, LARGE);
    free(sent);
    free(got);
}

static void test_discard(void **state)
{
    unsigned char bytes[3000];
    char last;

    (void)state;
    memset(bytes, 1, sizeof(bytes));
    bytes[2999] = 2;
    assert_int_equal(send(here.fd, bytes, sizeof(bytes), 0), sizeof(bytes));
    assert_int_equal(stream_discard(&there, 2999), VACCEL_OK);
    assert_int_equal(stream_receive(&there, &last, 1), VACCEL_OK);
    assert_int_equal(last, 2);
    assert_int_equal(stream_look(&there), VACCEL_EAGAIN);
}

static void test_an_end_is_told(void **state)
{
    struct wire_header header = {.type = WIRE_PING};
    char bytes[8] = "";

    (void)state;
    assert_int_equal(send(here.fd, bytes, 5, 0), 5);
    shutdown(here.fd, SHUT_WR);
    assert_int_equal(stream_wait(&there), VACCEL_OK);
    assert_int_equal(stream_receive(&there, bytes, 6), VACCEL_ESESS);
    shutdown(there.fd, SHUT_RDWR);
    assert_int_equal(stream_send(&there, &header, sizeof(header), NULL), VACCEL_ESESS);
}

/* Waiting has an end, and nothing of what came before it is lost. */
static void test_silence_is_told(void **state)
{
    char bytes[6] = "";

    (void)state;
    stream_set_patience(&there, 60);
    assert_int_equal(stream_wait(&there), VACCEL_EAGAIN);
    assert_int_equal(send(here.fd, "abcde", 5, 0), 5);
    assert_int_equal(stream_wait(&there), VACCEL_OK);
    assert_int_equal(stream_receive(&there, bytes, 3), VACCEL_OK);
    assert_int_equal(stream_receive(&there, bytes + 3, 3), VACCEL_EAGAIN);
    assert_memory_equal(bytes, "abcde", 5);
}

/* Who took no bytes for so long gets none any more: a part of a message would be missing. */
static void test_a_failed_send_is_the_last(void **state)
{
    struct wire_header header = {.type = WIRE_CALL, .id = 1};
    unsigned char *data = calloc(1, LARGE);
    struct piece list = {data, LARGE};
    struct pieces pieces = {.list = &list, .count = 1};
    _Atomic uint32_t sending = 0;

    (void)state;
    here.sending = &sending;
    stream_set_patience(&here, 30);
    assert_int_equal(stream_send(&here, &header, sizeof(header), &pieces), VACCEL_EAGAIN);
    assert_int_equal(sending, 1);
    assert_int_equal(stream_send(&here, &header, sizeof(header), NULL), VACCEL_ESESS);
    free(data);
}

/* While another message is being sent a small one is queued, and sent behind it. */
static void test_small_ones_are_queued(void **state)
{
    struct wire_header header = {.type = WIRE_PING, .id = 5};
    const struct outgoing none = {0};
    const unsigned char *queued;
    int i;

    (void)state;
    assert_int_equal(outbox_enter(&here.outbox, &none, false, true), OUTBOX_TURN);
    assert_int_equal(outbox_enter(&here.outbox, &none, false, false), OUTBOX_BUSY);
    for (i = 0; i < OUTBOX_QUEUE / WIRE_HEADER_SIZE; i++)
        assert_int_equal(stream_send(&here, &header, sizeof(header), NULL), VACCEL_OK);
    assert_int_equal(stream_try_send(&here, &header, sizeof(header)), VACCEL_EBUSY);
    assert_int_equal(outbox_leave(&here.outbox, &queued), OUTBOX_QUEUE);
    assert_memory_equal(queued + WIRE_HEADER_SIZE, &header, sizeof(header));
    assert_int_equal(outbox_leave(&here.outbox, &queued), 0);
    assert_int_equal(outbox_enter(&here.outbox, &none, false, false), OUTBOX_TURN);
    outbox_fail(&here.outbox);
    assert_int_equal(stream_send(&here, &header, sizeof(header), NULL), VACCEL_ESESS);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)
#define polled(function) cmocka_unit_test_setup_teardown(function, begin_polled, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_a_large_message_arrives_among_small_ones),
        test(test_discard),
        test(test_an_end_is_told),
        test(test_silence_is_told),
        test(test_a_failed_send_is_the_last),
        test(test_small_ones_are_queued),
        polled(test_a_large_message_arrives_among_small_ones),
        polled(test_an_end_is_told),
        polled(test_silence_is_told),
        polled(test_a_failed_send_is_the_last),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
