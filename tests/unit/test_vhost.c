/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of vhost-user and their descriptors, whole, in pieces, and as they must not be. */
#include "vhost/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { HEADER = sizeof(struct vhost_header), SOON_MS = 30 };

static int here, there;   /* @there is where the test writes what a stranger might */
static int first, second; /* files to send: a socket is refused */
static struct vhost_receiver receiver;
static size_t open_before;

static size_t count_open(void)
{
    DIR *folder = opendir("/proc/self/fd");
    size_t count = 0;

    if (!folder)
        abort();
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static int begin(void **state)
{
    int ends[2];

    (void)state;
    open_before = count_open();
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
        return -1;
    here = ends[0];
    there = ends[1];
    first = memfd_create("first", MFD_CLOEXEC);
    second = memfd_create("second", MFD_CLOEXEC);
    vhost_receiver_begin(&receiver, false);
    return 0;
}

/* No descriptor may be left, whatever came. */
static int end(void **state)
{
    (void)state;
    vhost_receiver_end(&receiver);
    close(here);
    if (there >= 0)
        close(there);
    close(first);
    close(second);
    return count_open() == open_before ? 0 : -1;
}

static struct vhost_message make(uint32_t request, uint32_t size)
{
    struct vhost_message message = {.header = {request, VHOST_USER_VERSION, size}};

    memset(&message.body, 0x5a, size);
    return message;
}

static void send_bytes(const void *data, size_t size, const int *fds, size_t nr_fds)
{
    union {
        struct cmsghdr header;
        char data[CMSG_SPACE(64 * sizeof(int))];
    } control = {.header = {.cmsg_level = SOL_SOCKET,
                            .cmsg_type = SCM_RIGHTS,
                            .cmsg_len = CMSG_LEN(nr_fds * sizeof(int))}};
    struct iovec bytes = {(void *)data, size};
    struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1};

    if (nr_fds) {
        memcpy(CMSG_DATA(&control.header), fds, nr_fds * sizeof(int));
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(nr_fds * sizeof(int));
    }
    assert_int_equal(sendmsg(there, &message, MSG_NOSIGNAL), size);
}

/* Header and body in a row. */
static size_t flatten(const struct vhost_message *message, unsigned char *bytes)
{
    memcpy(bytes, &message->header, HEADER);
    memcpy(bytes + HEADER, &message->body, message->header.size);
    return HEADER + message->header.size;
}

static void assert_same_file(int a, int b)
{
    struct stat one, other;

    assert_int_equal(fstat(a, &one), 0);
    assert_int_equal(fstat(b, &other), 0);
    assert_true(one.st_dev == other.st_dev && one.st_ino == other.st_ino);
}

static void assert_wrong(const char *what)
{
    assert_int_equal(vhost_receive(&receiver, here), VHOST_WRONG);
    assert_non_null(strstr(receiver.fault.what, what));
    assert_int_equal(receiver.message.nr_fds, 0);
}

static void test_a_message_arrives_as_it_was_sent(void **state)
{
    struct vhost_message message = make(VHOST_USER_SET_MEM_TABLE, sizeof(struct vhost_memory));

    (void)state;
    message.fds[0] = first;
    message.fds[1] = second;
    message.nr_fds = 2;
    assert_int_equal(vhost_receive(&receiver, here), VHOST_INCOMPLETE);
    assert_true(vhost_send(there, &message));
    assert_int_equal(vhost_receive(&receiver, here), VHOST_COMPLETE);
    assert_memory_equal(&receiver.message.header, &message.header, HEADER);
    assert_memory_equal(&receiver.message.body, &message.body, message.header.size);
    assert_int_equal(receiver.message.nr_fds, 2);
    assert_same_file(receiver.message.fds[0], first);
    assert_same_file(receiver.message.fds[1], second);
    assert_true(fcntl(receiver.message.fds[0], F_GETFD) & FD_CLOEXEC);
    assert_int_equal(vhost_receive(&receiver, here), VHOST_INCOMPLETE);
}

static void test_several_at_once_stay_apart(void **state)
{
    struct vhost_message message;
    uint32_t i;

    (void)state;
    for (i = 0; i < 9; i++) {
        message = make(i + 1, i * 8);
        message.nr_fds = i % 3;
        message.fds[0] = message.fds[1] = second;
        assert_true(vhost_send(there, &message));
    }
    for (i = 0; i < 9; i++) {
        assert_int_equal(vhost_receive(&receiver, here), VHOST_COMPLETE);
        assert_int_equal(receiver.message.header.request, i + 1);
        assert_int_equal(receiver.message.header.size, i * 8);
        assert_int_equal(receiver.message.nr_fds, i % 3);
    }
}

/* Also descriptors may come with any byte. */
static void test_byte_by_byte(void **state)
{
    struct vhost_message message = make(VHOST_USER_SET_VRING_ADDR, sizeof(struct vhost_vring_addr));
    unsigned char bytes[HEADER + sizeof(union vhost_body)];
    size_t size = flatten(&message, bytes);
    bool brings;
    size_t i;

    (void)state;
    for (i = 0; i < size; i++) {
        assert_int_equal(vhost_receive(&receiver, here), VHOST_INCOMPLETE);
        brings = i == 0 || i == HEADER - 1 || i == HEADER || i == size - 1;
        send_bytes(bytes + i, 1, &first, brings);
    }
    assert_int_equal(vhost_receive(&receiver, here), VHOST_COMPLETE);
    assert_memory_equal(&receiver.message.header, &message.header, HEADER);
    assert_memory_equal(&receiver.message.body, &message.body, message.header.size);
    assert_int_equal(receiver.message.nr_fds, 4);
    for (i = 0; i < 4; i++)
        assert_same_file(receiver.message.fds[i], first);
}

static void test_a_descriptor_that_is_taken_stays_open(void **state)
{
    struct vhost_message message = make(VHOST_USER_SET_VRING_KICK, 8);
    int taken, left;

    (void)state;
    message.fds[0] = message.fds[1] = second;
    message.nr_fds = 2;
    assert_true(vhost_send(there, &message));
    assert_int_equal(vhost_receive(&receiver, here), VHOST_COMPLETE);
    taken = receiver.message.fds[0];
    left = receiver.message.fds[1];
    receiver.message.fds[0] = -1;
    assert_int_equal(vhost_receive(&receiver, here), VHOST_INCOMPLETE);
    assert_true(fcntl(taken, F_GETFD) >= 0);
    assert_int_equal(fcntl(left, F_GETFD), -1);
    close(taken);
}

/* A message may be changed into its reply where it lies. */
static void test_a_message_that_is_overwritten(void **state)
{
    const struct vhost_message message = make(VHOST_USER_SET_VRING_NUM, 8);
    int i;

    (void)state;
    for (i = 0; i < 3; i++) {
        assert_true(vhost_send(there, &message));
        assert_int_equal(vhost_receive(&receiver, here), VHOST_COMPLETE);
        assert_int_equal(receiver.message.header.request, VHOST_USER_SET_VRING_NUM);
        memset(&receiver.message.header, 0xff, HEADER);
        assert_int_equal(vhost_receive(&receiver, here), VHOST_INCOMPLETE);
    }
}

static void test_what_a_short_body_lacks_is_zeros(void **state)
{
    const struct vhost_message longer = make(VHOST_USER_SET_VRING_ADDR, 40);
    const struct vhost_message shorter = make(VHOST_USER_SET_VRING_NUM, 4);

    (void)state;
    assert_true(vhost_send(there, &longer) && vhost_send(there, &shorter));
    assert_int_equal(vhost_receive(&receiver, here), VHOST_COMPLETE);
    assert_int_equal(vhost_receive(&receiver, here), VHOST_COMPLETE);
    assert_int_equal(receiver.message.body.state.index, 0x5a5a5a5a);
    assert_int_equal(receiver.message.body.state.num, 0);
    assert_int_equal(receiver.message.body.addr.used, 0);
}

static void test_the_largest_body_and_one_byte_more(void **state)
{
    struct vhost_message message = make(VHOST_USER_SET_CONFIG, sizeof(union vhost_body));

    (void)state;
    assert_true(vhost_send(there, &message));
    assert_int_equal(vhost_receive(&receiver, here), VHOST_COMPLETE);
    message.header.size++;
    send_bytes(&message.header, HEADER, NULL, 0);
    assert_wrong("size");
    assert_int_equal(receiver.fault.value, sizeof(union vhost_body) + 1);
}

static void test_a_size_that_overflows(void **state)
{
    const struct vhost_header header = {1, VHOST_USER_VERSION, UINT32_MAX};

    (void)state;
    send_bytes(&header, HEADER, NULL, 0);
    assert_wrong("size");
}

static void test_flags(void **state)
{
    struct vhost_header header = {VHOST_USER_GET_FEATURES, 0, 0};

    (void)state;
    for (header.flags = 0; header.flags <= VHOST_USER_VERSION_MASK; header.flags++) {
        vhost_receiver_begin(&receiver, false);
        send_bytes(&header, HEADER, NULL, 0);
        if (header.flags == VHOST_USER_VERSION)
            assert_int_equal(vhost_receive(&receiver, here), VHOST_COMPLETE);
        else
            assert_wrong("version");
    }
    header.flags = VHOST_USER_VERSION | VHOST_USER_NEED_REPLY;
    vhost_receiver_begin(&receiver, false);
    send_bytes(&header, HEADER, NULL, 0);
    assert_int_equal(vhost_receive(&receiver, here), VHOST_COMPLETE);
    header.flags = VHOST_USER_VERSION | 1U << 31;
    send_bytes(&header, HEADER, NULL, 0);
    assert_wrong("unknown bit");
}

static void test_replies_and_requests_are_not_mixed_up(void **state)
{
    struct vhost_header header = {VHOST_USER_GET_FEATURES, VHOST_USER_VERSION, 0};

    (void)state;
    vhost_receiver_begin(&receiver, true);
    send_bytes(&header, HEADER, NULL, 0);
    assert_wrong("request");
    header.flags |= VHOST_USER_REPLY;
    vhost_receiver_begin(&receiver, true);
    send_bytes(&header, HEADER, NULL, 0);
    assert_int_equal(vhost_receive(&receiver, here), VHOST_COMPLETE);
    vhost_receiver_begin(&receiver, false);
    send_bytes(&header, HEADER, NULL, 0);
    assert_wrong("reply");
}

static void test_too_many_descriptors_at_once(void **state)
{
    const struct vhost_message message = make(VHOST_USER_SET_MEM_TABLE, 0);
    int fds[50];
    size_t i;

    (void)state;
    for (i = 0; i < 50; i++)
        fds[i] = first;
    send_bytes(&message.header, HEADER, fds, VHOST_FDS_MOST);
    assert_int_equal(vhost_receive(&receiver, here), VHOST_COMPLETE);
    assert_int_equal(receiver.message.nr_fds, VHOST_FDS_MOST);
    send_bytes(&message.header, HEADER, fds, 50);
    assert_wrong("descriptors");
    vhost_receiver_begin(&receiver, false);
    send_bytes(&message.header, HEADER, fds, VHOST_FDS_MOST + 1);
    assert_wrong("descriptors");
}

static void test_too_many_descriptors_one_by_one(void **state)
{
    struct vhost_message message = make(VHOST_USER_SET_MEM_TABLE, 0);
    unsigned char bytes[HEADER];
    size_t i;

    (void)state;
    flatten(&message, bytes);
    for (i = 0; i <= VHOST_FDS_MOST; i++)
        send_bytes(bytes + i, 1, &first, 1);
    assert_wrong("descriptors");
}

static void test_a_socket_is_refused(void **state)
{
    const struct vhost_message message = make(VHOST_USER_SET_MEM_TABLE, 0);
    const int fds[] = {first, there, second};

    (void)state;
    send_bytes(&message.header, HEADER, fds, 3);
    assert_wrong("socket");
}

static void test_a_peer_that_hangs_up_at_any_byte(void **state)
{
    struct vhost_message message = make(VHOST_USER_SET_VRING_KICK, 8);
    unsigned char bytes[HEADER + 8];
    size_t size = flatten(&message, bytes);
    size_t cut;

    for (cut = 0; cut < size; cut++) {
        if (cut)
            send_bytes(bytes, cut, &first, 1);
        close(there);
        there = -1;
        assert_int_equal(vhost_receive(&receiver, here), VHOST_CLOSED);
        assert_int_equal(errno, 0);
        assert_int_equal(receiver.message.nr_fds, 0);
        assert_int_equal(end(state), 0);
        assert_int_equal(begin(state), 0);
    }
}

static void test_waiting_for_a_message(void **state)
{
    const struct vhost_message message = make(VHOST_USER_SET_VRING_NUM, 8);
    unsigned char bytes[HEADER + 8];
    size_t size = flatten(&message, bytes);

    (void)state;
    assert_int_equal(vhost_receive_within(&receiver, here, 0), VHOST_INCOMPLETE);
    send_bytes(bytes, 10, NULL, 0);
    assert_int_equal(vhost_receive_within(&receiver, here, SOON_MS), VHOST_INCOMPLETE);
    if (!fork()) {
        usleep(1000L * SOON_MS);
        _exit(write(there, bytes + 10, size - 10) != (ssize_t)(size - 10));
    }
    assert_int_equal(vhost_receive_within(&receiver, here, 20000), VHOST_COMPLETE);
    assert_int_equal(receiver.message.body.state.num, 0x5a5a5a5a);
}

static void test_a_peer_that_does_not_read(void **state)
{
    const struct vhost_message message = make(VHOST_USER_SET_CONFIG, sizeof(union vhost_body));
    size_t sent;
    size_t i;

    (void)state;
    for (sent = 0; vhost_send(there, &message); sent++)
        assert_true(sent < 1000000);
    assert_int_equal(errno, EAGAIN);
    for (i = 0; i < sent; i++)
        assert_int_equal(vhost_receive(&receiver, here), VHOST_COMPLETE);
    assert_int_equal(vhost_receive(&receiver, here), VHOST_INCOMPLETE);
    close(here);
    assert_false(vhost_send(there, &message));
    assert_int_equal(errno, EPIPE);
    here = dup(there);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(test_a_message_arrives_as_it_was_sent),
        WITH(test_several_at_once_stay_apart),
        WITH(test_byte_by_byte),
        WITH(test_a_descriptor_that_is_taken_stays_open),
        WITH(test_a_message_that_is_overwritten),
        WITH(test_what_a_short_body_lacks_is_zeros),
        WITH(test_the_largest_body_and_one_byte_more),
        WITH(test_a_size_that_overflows),
        WITH(test_flags),
        WITH(test_replies_and_requests_are_not_mixed_up),
        WITH(test_too_many_descriptors_at_once),
        WITH(test_too_many_descriptors_one_by_one),
        WITH(test_a_socket_is_refused),
        WITH(test_a_peer_that_hangs_up_at_any_byte),
        WITH(test_waiting_for_a_message),
        WITH(test_a_peer_that_does_not_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
