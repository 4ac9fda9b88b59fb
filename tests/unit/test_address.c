/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/address.h"
#include "scratch.h"
#include "vaccel/error.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

enum { SOON_MS = 200, LATER_MS = 10000 };

static char why[ADDRESS_WHY_SIZE];

static const char *unix_address(const char *name)
{
    static char address[256];

    snprintf(address, sizeof(address), "unix://%s", scratch_path(name));
    return address;
}

static void assert_why(const char *part)
{
    if (!strstr(why, part))
        fail_msg("\"%s\" does not say \"%s\"", why, part);
}

static int listen_at(const char *address)
{
    int fd;

    if (address_listen(address, &fd, why, sizeof(why)))
        fail_msg("%s", why);
    return fd;
}

static int connect_to(const char *address)
{
    int fd;

    if (address_connect(address, LATER_MS, &fd, why, sizeof(why)))
        fail_msg("%s", why);
    return fd;
}

static int accept_one(int listening)
{
    struct pollfd poller = {.fd = listening, .events = POLLIN};
    int fd;

    assert_int_equal(poll(&poller, 1, LATER_MS), 1);
    fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static int option_of(int fd, int level, int option)
{
    int value = -1;
    socklen_t size = sizeof(value);

    assert_int_equal(getsockopt(fd, level, option, &value, &size), 0);
    return value;
}

/* What is said at one end arrives at the other, and the descriptors are as promised. */
static void assert_connected(int client, int server)
{
    char byte;

    assert_int_equal(fcntl(client, F_GETFD), FD_CLOEXEC);
    assert_false(fcntl(client, F_GETFL) & O_NONBLOCK);
    assert_false(fcntl(server, F_GETFL) & O_NONBLOCK);
    assert_int_equal(write(client, "?", 1), 1);
    assert_int_equal(read(server, &byte, 1), 1);
    assert_int_equal(write(server, "!", 1), 1);
    assert_int_equal(read(client, &byte, 1), 1);
}

static void test_unix(void **state)
{
    int listening = listen_at(unix_address("socket"));
    int client = connect_to(unix_address("socket"));
    int server = accept_one(listening);
    char expected[64];
    char text[256];

    (void)state;
    assert_connected(client, server);
    address_describe(listening, text, sizeof(text));
    assert_string_equal(text, unix_address("socket"));
    address_describe_peer(server, text, sizeof(text));
    snprintf(expected, sizeof(expected), "unix uid %u pid %d", getuid(), getpid());
    assert_string_equal(text, expected);
    close(client);
    close(server);
    close(listening);
}

static void assert_tcp_options(int fd)
{
    assert_int_equal(option_of(fd, IPPROTO_TCP, TCP_NODELAY), 1);
    assert_int_equal(option_of(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
    assert_int_equal(option_of(fd, IPPROTO_TCP, TCP_KEEPIDLE), 60);
}

static void check_tcp(const char *any_port, const char *listens, const char *peer)
{
    int listening = listen_at(any_port);
    char address[256];
    char text[256];
    int client, server;

    address_describe(listening, address, sizeof(address));
    assert_int_equal(strncmp(address, listens, strlen(listens)), 0);
    assert_int_not_equal(atoi(address + strlen(listens)), 0);
    client = connect_to(address);
    server = accept_one(listening);
    assert_connected(client, server);
    assert_tcp_options(client);
    assert_tcp_options(server);
    address_describe_peer(server, text, sizeof(text));
    assert_int_equal(strncmp(text, peer, strlen(peer)), 0);
    /* The server's end closes first, and the port can be used again all the same. */
    close(server);
    close(client);
    close(listening);
    close(listen_at(address));
}

static void test_tcp(void **state)
{
    (void)state;
    check_tcp("tcp://127.0.0.1:0", "tcp://127.0.0.1:", "tcp 127.0.0.1:");
}

static bool has_v6(void)
{
    int fd;

    if (address_listen("tcp://[::1]:0", &fd, why, sizeof(why)))
        return false;
    close(fd);
    return true;
}

static void test_tcp_over_ipv6(void **state)
{
    (void)state;
    if (!has_v6()) {
        print_message("this machine has no IPv6\n");
        skip();
    }
    check_tcp("tcp://[::1]:0", "tcp://[::1]:", "tcp [::1]:");
}

/* Both at once at the same port. */
static void test_ipv6_leaves_ipv4_alone(void **state)
{
    char address[256];
    int v4, v6;

    (void)state;
    if (!has_v6()) {
        print_message("this machine has no IPv6\n");
        skip();
    }
    v6 = listen_at("tcp://[::]:0");
    address_describe(v6, address, sizeof(address));
    snprintf(address, sizeof(address), "tcp://0.0.0.0:%d", atoi(strrchr(address, ':') + 1));
    v4 = listen_at(address);
    close(v4);
    close(v6);
}

/* A name may stand for several numbers, and the agent listens at one of them. */
static void test_all_that_a_name_stands_for(void **state)
{
    int listening = listen_at("tcp://127.0.0.1:0");
    char address[256];

    (void)state;
    address_describe(listening, address, sizeof(address));
    snprintf(address, sizeof(address), "tcp://localhost:%d", atoi(strrchr(address, ':') + 1));
    close(connect_to(address));
    close(listening);
}

static void test_vsock(void **state)
{
    int listening, client, server;
    char address[256];
    char text[256];

    (void)state;
    if (address_listen("vsock://any:4294967295", &listening, why, sizeof(why))) {
        print_message("%s\n", why);
        skip();
    }
    address_describe(listening, address, sizeof(address));
    assert_int_equal(strncmp(address, "vsock://any:", 12), 0);
    snprintf(text, sizeof(text), "vsock://1:%s", address + 12);
    /* Where a machine does not reach itself, nobody answers. */
    if (address_connect(text, SOON_MS, &client, why, sizeof(why))) {
        close(listening);
        print_message("%s\n", why);
        skip();
    }
    server = accept_one(listening);
    assert_connected(client, server);
    address_describe_peer(server, text, sizeof(text));
    assert_int_equal(strncmp(text, "vsock 1:", 8), 0);
    close(client);
    close(server);
    close(listening);
}

static void test_listening_does_not_wait(void **state)
{
    int listening = listen_at(unix_address("socket"));

    (void)state;
    assert_int_equal(fcntl(listening, F_GETFD), FD_CLOEXEC);
    assert_int_equal(accept(listening, NULL, NULL), -1);
    assert_int_equal(errno, EAGAIN);
    close(listening);
}

static void test_socket_file_is_private(void **state)
{
    mode_t mask = umask(0);
    int listening = listen_at(unix_address("socket"));
    struct stat status;

    (void)state;
    assert_int_equal(umask(mask), 0);
    assert_int_equal(stat(scratch_path("socket"), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    close(listening);
}

static void test_stale_file_is_replaced(void **state)
{
    (void)state;
    close(listen_at(unix_address("socket")));
    close(listen_at(unix_address("socket")));
    assert_int_equal(scratch_count(), 1);
}

static void assert_not_listening(const char *address, int expected, const char *said)
{
    int fd = -1;

    assert_int_equal(address_listen(address, &fd, why, sizeof(why)), expected);
    assert_why(address);
    assert_why(said);
    assert_int_equal(fd, -1);
}

static void test_where_another_listens(void **state)
{
    int unix_socket = listen_at(unix_address("socket"));
    int tcp = listen_at("tcp://127.0.0.1:0");
    char address[256];

    (void)state;
    address_describe(tcp, address, sizeof(address));
    assert_not_listening(address, VACCEL_EBUSY, "another process does");
    assert_not_listening(unix_address("socket"), VACCEL_EBUSY, "another process does");
    close(connect_to(unix_address("socket")));
    close(tcp);
    close(unix_socket);
}

/* One whose backlog is full, and one that takes datagrams. */
static void test_sockets_that_do_not_answer(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int busy = socket(AF_UNIX, SOCK_STREAM, 0);
    int datagrams = socket(AF_UNIX, SOCK_DGRAM, 0);
    int client;

    (void)state;
    strcpy(address.sun_path, scratch_path("busy"));
    assert_int_equal(bind(busy, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(busy, 0), 0);
    client = connect_to(unix_address("busy"));
    assert_not_listening(unix_address("busy"), VACCEL_EBUSY, "another process does");
    strcpy(address.sun_path, scratch_path("datagrams"));
    assert_int_equal(bind(datagrams, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_not_listening(unix_address("datagrams"), VACCEL_EBUSY, "another process does");
    close(client);
    close(busy);
    close(datagrams);
}

static void test_files_that_are_no_sockets(void **state)
{
    (void)state;
    scratch_file("file", "contents");
    assert_not_listening(unix_address("file"), VACCEL_EEXIST, "no socket");
    scratch_directory("folder");
    assert_not_listening(unix_address("folder"), VACCEL_EEXIST, "no socket");
    close(listen_at(unix_address("stale")));
    assert_int_equal(symlink("stale", scratch_path("link")), 0);
    assert_not_listening(unix_address("link"), VACCEL_EEXIST, "no socket");
    assert_not_listening(unix_address("none/socket"), VACCEL_ENOENT,
                         "its directory does not exist");
    assert_int_equal(scratch_count(), 4);
}

static void test_addresses_of_others(void **state)
{
    (void)state;
    assert_not_listening("tcp://192.0.2.1:65500", VACCEL_EIO, "Cannot assign");
}

static void assert_not_connected(const char *address, unsigned int timeout_ms, const char *said)
{
    int fd = -1;

    assert_int_equal(address_connect(address, timeout_ms, &fd, why, sizeof(why)), VACCEL_EREMOTEIO);
    assert_why(address);
    assert_why(said);
}

static void test_nobody_listens(void **state)
{
    int listening = listen_at("tcp://127.0.0.1:0");
    char address[256];

    (void)state;
    address_describe(listening, address, sizeof(address));
    close(listening);
    assert_not_connected(address, LATER_MS, "Connection refused");
    assert_not_connected(address, 0, "Connection refused");
    assert_not_connected(unix_address("none"), SOON_MS, "No such file");
    assert_not_connected(unix_address("none"), 0, "No such file");
    close(listen_at(unix_address("stale")));
    assert_not_connected(unix_address("stale"), SOON_MS, "Connection refused");
}

/* A label of 64 bytes is no name, so that nobody is asked. */
static void test_name_of_nobody(void **state)
{
    char address[128] = "tcp://";

    (void)state;
    memset(address + 6, 'x', 64);
    strcat(address, ":1");
    assert_not_connected(address, LATER_MS, "cannot find the host");
    assert_int_equal(address_connect("tcp://[zz::1]:1", 1, &(int){0}, why, sizeof(why)),
                     VACCEL_EINVAL);
}

/* Nobody accepts; after a few the next waits, until its time is up. */
static void check_full(const char *address)
{
    int clients[16];
    int count = 0;
    int error = VACCEL_OK;

    while (!error && count < 16) {
        error = address_connect(address, SOON_MS, &clients[count], why, sizeof(why));
        count += !error;
    }
    assert_int_equal(error, VACCEL_EREMOTEIO);
    assert_why("no answer within 200 ms");
    while (count)
        close(clients[--count]);
}

static void test_no_answer(void **state)
{
    int tcp = listen_at("tcp://127.0.0.1:0");
    int local = listen_at(unix_address("socket"));
    char address[256];

    (void)state;
    assert_int_equal(listen(tcp, 0), 0);
    assert_int_equal(listen(local, 0), 0);
    address_describe(tcp, address, sizeof(address));
    check_full(address);
    check_full(unix_address("socket"));
    close(tcp);
    close(local);
}

static void test_peer_that_is_gone(void **state)
{
    int listening = listen_at("tcp://127.0.0.1:0");
    const struct linger at_once = {.l_onoff = 1};
    char text[256];
    int client, server;

    (void)state;
    address_describe(listening, text, sizeof(text));
    client = connect_to(text);
    server = accept_one(listening);
    setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(client);
    poll(&(struct pollfd){.fd = server, .events = POLLIN}, 1, LATER_MS);
    address_describe_peer(server, text, sizeof(text));
    assert_string_equal(text, "unknown");
    close(server);
    close(listening);
}

#define test(function) cmocka_unit_test_setup_teardown(function, scratch_make, scratch_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_unix),
        cmocka_unit_test(test_tcp),
        cmocka_unit_test(test_tcp_over_ipv6),
        cmocka_unit_test(test_ipv6_leaves_ipv4_alone),
        cmocka_unit_test(test_all_that_a_name_stands_for),
        cmocka_unit_test(test_vsock),
        test(test_listening_does_not_wait),
        test(test_socket_file_is_private),
        test(test_stale_file_is_replaced),
        test(test_where_another_listens),
        test(test_sockets_that_do_not_answer),
        test(test_files_that_are_no_sockets),
        cmocka_unit_test(test_addresses_of_others),
        test(test_nobody_listens),
        cmocka_unit_test(test_name_of_nobody),
        test(test_no_answer),
        cmocka_unit_test(test_peer_that_is_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
