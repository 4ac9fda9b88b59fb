/* SPDX-License-Identifier: Apache-2.0 */
/* Connecting to what is not there yet, and through a VMM, which may say anything. */
#include "stream/address.h"
#include "scratch.h"
#include "vaccel/error.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>

#include <cmocka.h>

enum { SOON_MS = 200, LATER_MS = 10000, LATE_MS = 100, SAID_SIZE = 64 };

static char why[ADDRESS_WHY_SIZE];

/* What happens in a thread beside the one that connects. */
struct other {
    pthread_t thread;
    char address[256];
    const char *answers[4]; /* to one connection after the other; NULL: the last was before */
    bool drips;             /* byte by byte */
    int listening;
    char said[SAID_SIZE]; /* by the last connection */
};

static void begin(struct other *other, void *(*run)(void *))
{
    assert_int_equal(pthread_create(&other->thread, NULL, run, other), 0);
}

static void end(struct other *other)
{
    pthread_join(other->thread, NULL);
    close(other->listening);
}

static int connect_to(const char *address, unsigned int timeout_ms)
{
    int fd;

    if (address_connect(address, timeout_ms, &fd, why, sizeof(why)))
        fail_msg("%s", why);
    return fd;
}

static void assert_not_connected(const char *address, const char *said)
{
    int fd = -1;

    assert_int_equal(address_connect(address, SOON_MS, &fd, why, sizeof(why)), VACCEL_EREMOTEIO);
    assert_int_equal(fd, -1);
    if (!strstr(why, said) || !strstr(why, address))
        fail_msg("\"%s\" does not say \"%s\"", why, said);
}

static void *listen_late(void *context)
{
    struct other *other = context;
    char sentence[ADDRESS_WHY_SIZE];

    poll(NULL, 0, LATE_MS);
    if (address_listen(other->address, &other->listening, sentence, sizeof(sentence)))
        other->listening = -1;
    return NULL;
}

static void check_late(struct other *other)
{
    begin(other, listen_late);
    close(connect_to(other->address, LATER_MS));
    end(other);
}

static void test_socket_that_comes_later(void **state)
{
    struct other other = {0};

    (void)state;
    snprintf(other.address, sizeof(other.address), "unix://%s", scratch_path("late"));
    check_late(&other);
    /* Its file is there still. */
    check_late(&other);
}

/* A kernel without guests and without a way to itself resets, as a VMM does. */
static void test_vsock_without_listener(void **state)
{
    int fd;

    (void)state;
    if (!address_connect("vsock://2:4294967294", SOON_MS, &fd, why, sizeof(why)) ||
        !strstr(why, "reset")) {
        print_message("this kernel does not reset: %s\n", why);
        skip();
    }
    assert_not_connected("vsock://2:4294967294", "Connection reset");
}

static void answer(const struct other *other, int fd, const char *text)
{
    size_t step = other->drips ? 1 : strlen(text);

    for (; *text; text += step)
        if (send(fd, text, step, MSG_NOSIGNAL) < 0)
            return;
}

static void hear_line(struct other *other, int fd)
{
    size_t length = 0;

    while (length < SAID_SIZE - 1 && read(fd, &other->said[length], 1) == 1)
        if (other->said[length++] == '\n')
            break;
    other->said[length] = '\0';
}

/* The last connection is held until its other end is closed. */
static void *be_vmm(void *context)
{
    struct other *other = context;
    char rest;
    int fd;

    for (size_t i = 0; other->answers[i]; i++) {
        poll(&(struct pollfd){.fd = other->listening, .events = POLLIN}, 1, LATER_MS);
        fd = accept4(other->listening, NULL, NULL, SOCK_CLOEXEC);
        hear_line(other, fd);
        answer(other, fd, other->answers[i]);
        if (!other->answers[i + 1])
            while (read(fd, &rest, 1) > 0)
                ;
        close(fd);
    }
    return NULL;
}

static void begin_vmm(struct other *other, const char *port)
{
    char address[256];

    snprintf(address, sizeof(address), "unix://%s", scratch_path("vm.sock"));
    snprintf(other->address, sizeof(other->address), "hybrid-vsock://%s?port=%s",
             scratch_path("vm.sock"), port);
    assert_int_equal(address_listen(address, &other->listening, why, sizeof(why)), VACCEL_OK);
    begin(other, be_vmm);
}

static void assert_reads(int fd, const char *expected)
{
    char text[SAID_SIZE] = "";
    size_t length = 0;

    while (length < strlen(expected) && read(fd, text + length, 1) == 1)
        length++;
    assert_string_equal(text, expected);
}

static void test_port_of_a_machine(void **state)
{
    struct other vmm = {.answers = {"OK 1073741824\nhello"}};
    int fd;

    (void)state;
    begin_vmm(&vmm, "65500");
    fd = connect_to(vmm.address, LATER_MS);
    assert_reads(fd, "hello");
    close(fd);
    end(&vmm);
    assert_string_equal(vmm.said, "CONNECT 65500\n");
}

static void test_answer_that_drips(void **state)
{
    struct other vmm = {.answers = {"OK 4294967295\nhello"}, .drips = true};
    int fd;

    (void)state;
    begin_vmm(&vmm, "4294967295");
    fd = connect_to(vmm.address, LATER_MS);
    assert_reads(fd, "hello");
    close(fd);
    end(&vmm);
    assert_string_equal(vmm.said, "CONNECT 4294967295\n");
}

/* The VMM closes the connection as long as nobody listens within the machine. */
static void test_machine_that_is_still_starting(void **state)
{
    struct other vmm = {.answers = {"", "OK 1", "OK 2\n"}};

    (void)state;
    begin_vmm(&vmm, "1");
    close(connect_to(vmm.address, LATER_MS));
    end(&vmm);
}

static void test_answers_of_no_vmm(void **state)
{
    static const char *const answers[] = {
        "\n",     "OK\n",    "OK \n",   "OK x\n",   "OK 1 \n",
        "ok 1\n", "OK -1\n", " OK 1\n", "OK 1\r\n", "OK 11111111111111111111111111111111"};

    (void)state;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        struct other vmm = {.answers = {answers[i]}};

        begin_vmm(&vmm, "1");
        assert_not_connected(vmm.address, "no VMM's vsock");
        end(&vmm);
    }
}

static void test_no_answer(void **state)
{
    struct other vmm = {.answers = {"OK 1"}};

    (void)state;
    begin_vmm(&vmm, "1");
    assert_not_connected(vmm.address, "no answer within 200 ms");
    end(&vmm);
}

#define test(function) cmocka_unit_test_setup_teardown(function, scratch_make, scratch_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_socket_that_comes_later),
        cmocka_unit_test(test_vsock_without_listener),
        test(test_port_of_a_machine),
        test(test_answer_that_drips),
        test(test_machine_that_is_still_starting),
        test(test_answers_of_no_vmm),
        test(test_no_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
