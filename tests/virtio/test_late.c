/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange_kit.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Devices that are silent or slow, and clients that stand still. */

static void test_a_silent_device_is_given_up(void **state)
{
    unsigned char in[100] = {0};
    unsigned char out[100];

    (void)state;
    set("VACCEL_RPC_KEEPALIVE", "300");
    begin_again(&(struct fake_settings){.queue_size = 128, .calls_max = 4});
    fake_behave(fake, FAKE_SILENT);
    assert_fails(echo(in, out, sizeof(in)), VACCEL_EREMOTEIO, "no sign of life");
    assert_true(fake_counts(fake).pings);
    assert_int_equal(fake_counts(fake).reset, 1);
    fake_behave(fake, FAKE_WELL);
}

static void begin_slowly(void)
{
    set("VACCEL_RPC_KEEPALIVE", "300");
    begin_again(&(struct fake_settings){.queue_size = 128, .calls_max = 4, .slow_ms = 1000});
    fake_behave(fake, FAKE_SLOW);
}

static void test_a_slow_call_is_kept_alive_by_pings(void **state)
{
    unsigned char in[100] = {0};
    unsigned char out[100];
    int tries = TRIES;

    (void)state;
    do
        begin_slowly();
    while ((echo(in, out, sizeof(in)) || !fake_counts(fake).pings) && tries--);
    assert_true(is_echo(in, out, sizeof(in)));
    assert_true(fake_counts(fake).pings);
    fake_behave(fake, FAKE_WELL);
}

/* Another process stops this one for longer than silence may last. */
static pid_t stop_soon(void)
{
    const struct timespec soon = {0, 20000000}, long_enough = {0, 600000000};
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    nanosleep(&soon, NULL);
    kill(getppid(), SIGSTOP);
    nanosleep(&long_enough, NULL);
    kill(getppid(), SIGCONT);
    _exit(0);
}

static int echo_while_stopped(void)
{
    unsigned char in[100] = {0}, out[100];
    pid_t pid = stop_soon();
    int ret = echo(in, out, sizeof(in));

    assert_int_equal(waitpid(pid, NULL, 0), pid);
    return ret;
}

static void test_a_client_that_stands_still_asks_before_it_gives_up(void **state)
{
    int tries = TRIES;
    int ret;

    (void)state;
    do {
        begin_slowly();
        ret = echo_while_stopped();
    } while (ret && tries--);
    assert_int_equal(ret, VACCEL_OK);
    fake_behave(fake, FAKE_WELL);
}

static void test_a_call_that_is_late_is_cancelled_and_waited_for(void **state)
{
    unsigned char in[100] = {0};
    unsigned char out[100];
    int tries = TRIES;

    (void)state;
    set("VACCEL_RPC_TIMEOUT", "50");
    begin_again(&(struct fake_settings){.queue_size = 128, .calls_max = 4, .slow_ms = 20000});
    fake_behave(fake, FAKE_SLOW);
    assert_fails(echo(in, out, sizeof(in)), VACCEL_ENOTSUP, "cancelled");
    assert_int_equal(fake_counts(fake).cancels, 1);
    fake_behave(fake, FAKE_WELL);
    while (echo(in, out, sizeof(in)))
        assert_true(tries-- > 0);
}

static void slow_or_not(size_t number)
{
    unsigned char in[100] = {0};
    unsigned char out[100];

    (void)number;
    expect(echo(in, out, sizeof(in)) == VACCEL_ENOTSUP, "a call is cancelled");
}

static void test_many_late_calls(void **state)
{
    (void)state;
    set("VACCEL_RPC_TIMEOUT", "200");
    begin_again(&(struct fake_settings){.queue_size = 128, .calls_max = 16, .slow_ms = 20000});
    fake_behave(fake, FAKE_SLOW);
    capture_begin();
    together(THREADS, slow_or_not);
    capture_end();
    assert_int_equal(unexpected(), 0);
    assert_int_equal(fake_counts(fake).cancels, THREADS);
    fake_behave(fake, FAKE_WELL);
}

static void lost(size_t number)
{
    unsigned char in[2000] = {0};
    unsigned char out[2000];
    struct timespec pause = {0, 50000000};

    if (number == 0) {
        nanosleep(&pause, NULL);
        fake_behave(fake, FAKE_OTHER_ID);
    }
    expect(echo(in, out, sizeof(in)) == VACCEL_EREMOTEIO, "a call is lost");
}

/* One call finds out that the device lies; the others wait for answers that will not come. */
static void test_all_are_lost_together(void **state)
{
    (void)state;
    begin_again(&(struct fake_settings){.queue_size = 128, .calls_max = 16, .slow_ms = 20000});
    fake_behave(fake, FAKE_SLOW);
    capture_begin();
    together(THREADS, lost);
    capture_end();
    assert_int_equal(unexpected(), 0);
    fake_behave(fake, FAKE_WELL);
}

static void waits_for_room(size_t number)
{
    unsigned char in[100] = {0};
    unsigned char out[100];

    (void)number;
    expect(echo(in, out, sizeof(in)) == VACCEL_EREMOTEIO, "a call is lost, or had no chain");
}

static void test_who_waits_for_a_chain_is_told(void **state)
{
    (void)state;
    set("VACCEL_RPC_KEEPALIVE", "200");
    begin_again(&(struct fake_settings){.queue_size = 128, .calls_max = 2});
    fake_behave(fake, FAKE_SILENT);
    capture_begin();
    together(THREADS, waits_for_room);
    capture_end();
    assert_int_equal(unexpected(), 0);
    fake_behave(fake, FAKE_WELL);
}

static void test_no_welcome(void **state)
{
    struct vaccel_session other;
    int tries = TRIES;

    (void)state;
    end();
    set("VACCEL_RPC_CONNECT_TIMEOUT", "100");
    fake = fake_new(&(struct fake_settings){.queue_size = 128, .calls_max = 1});
    fake_behave(fake, FAKE_SILENT);
    assert_int_equal(vaccel_this_plugin.info->init(), VACCEL_OK);
    assert_fails(client_session_init(&other, 0), VACCEL_EREMOTEIO, "no welcome came within 100 ms");
    fake_behave(fake, FAKE_WELL);
    while (client_session_init(&sess, 0) && tries--) /* also a good one may be late */
        ;
    assert_int_equal(call(NULL, 0, NULL, 0), VACCEL_OK);
    set("VACCEL_RPC_CONNECT_TIMEOUT", "5000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, exchange_set_up, exchange_tear_down)
        TEST(test_a_silent_device_is_given_up),
        TEST(test_a_slow_call_is_kept_alive_by_pings),
        TEST(test_a_client_that_stands_still_asks_before_it_gives_up),
        TEST(test_a_call_that_is_late_is_cancelled_and_waited_for),
        TEST(test_many_late_calls),
        TEST(test_all_are_lost_together),
        TEST(test_who_waits_for_a_chain_is_told),
        TEST(test_no_welcome),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
