/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses on POSIX alone: no vsock, and sockets that are made in several steps. */
#include "stream/address.h"
#include "stream/address_parts.h"
#include "stream/address_vsock.h"
#include "vaccel/error.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

static void test_socket_does_not_block_and_ends_at_exec(void **state)
{
    int fd = address_socket(AF_INET);

    (void)state;
    assert_true(fd >= 0);
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    close(fd);
}

static void test_socket_that_cannot_be_says_why(void **state)
{
    struct rlimit before, none = {0, 0};

    (void)state;
    assert_int_equal(address_socket(-1), -1);
    assert_int_equal(errno, EAFNOSUPPORT);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none.rlim_max = before.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    assert_int_equal(address_socket(AF_INET), -1);
    assert_int_equal(errno, EMFILE);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

static void test_connection_blocks(void **state)
{
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(place);
    char why[ADDRESS_WHY_SIZE], address[64];
    int listening = socket(AF_INET, SOCK_STREAM, 0);
    int fd;

    (void)state;
    assert_int_equal(bind(listening, (struct sockaddr *)&place, length), 0);
    assert_int_equal(listen(listening, 1), 0);
    assert_int_equal(getsockname(listening, (struct sockaddr *)&place, &length), 0);
    snprintf(address, sizeof(address), "tcp://127.0.0.1:%u", ntohs(place.sin_port));
    assert_int_equal(address_connect(address, 1000, &fd, why, sizeof(why)), VACCEL_OK);
    assert_false(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    close(fd);
    close(listening);
    assert_int_equal(address_connect(address, 1000, &fd, why, sizeof(why)), VACCEL_EREMOTEIO);
}

static void test_vsock_is_refused(void **state)
{
    static const char *const addresses[] = {"vsock://2:1", "vsock://any:1", "vsock://"};
    char why[ADDRESS_WHY_SIZE];
    int fd;

    (void)state;
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        assert_int_equal(address_check(addresses[i], false, why, sizeof(why)), VACCEL_EINVAL);
        assert_non_null(strstr(why, "without vsock"));
        assert_int_equal(address_connect(addresses[i], 1, &fd, why, sizeof(why)), VACCEL_EINVAL);
    }
}

static void test_no_socket_is_of_vsock(void **state)
{
    struct sockaddr_storage place = {.ss_family = AF_VSOCK};
    struct address_parts parts = {.family = AF_VSOCK};
    char text[8] = "before";

    (void)state;
    assert_int_equal(vsock_place(&parts, &place), 0);
    assert_false(vsock_describe((const struct sockaddr *)&place, "", text, sizeof(text)));
    assert_string_equal(text, "before");
    vsock_set_patience(-1, AF_VSOCK, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_socket_does_not_block_and_ends_at_exec),
        cmocka_unit_test(test_socket_that_cannot_be_says_why),
        cmocka_unit_test(test_connection_blocks),
        cmocka_unit_test(test_vsock_is_refused),
        cmocka_unit_test(test_no_socket_is_of_vsock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
