/* SPDX-License-Identifier: Apache-2.0 */
/* The connection that all threads share, while none comes about. */
#include "client/current.h"
#include "platform/platform.h"
#include "together.h"
#include "vaccel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int nothing(void)
{
    return VACCEL_OK;
}

/* What the client is part of. */
VACCEL_PLUGIN(.name = "current", .version = VACCEL_VERSION, .vaccel_version = VACCEL_VERSION,
              .type = VACCEL_PLUGIN_REMOTE, .init = nothing, .fini = nothing)

enum { THREADS = 8, PATIENCE_MS = 500, NS_PER_MS = 1000000 };

static unsigned int attempts; /* atomic */

/* An agent that does not come takes all the time that connecting may take. */
static int open_in_vain(const struct connection_settings *settings, struct connection **connection)
{
    uint64_t until = platform_clock() + PATIENCE_MS * NS_PER_MS;
    unsigned int pause = 0;

    (void)settings;
    (void)connection;
    __atomic_add_fetch(&attempts, 1, __ATOMIC_RELAXED);
    while (platform_clock() < until)
        platform_pause(pause++);
    return VACCEL_EREMOTEIO;
}

static void ask(size_t number)
{
    struct connection *connection;
    bool fresh;

    (void)number;
    expect(current_connection(&connection, &fresh) == VACCEL_EREMOTEIO, "the agent is not there");
}

static void test_who_waits_for_an_attempt_makes_none_of_its_own(void **state)
{
    (void)state;
    assert_int_equal(current_begin(open_in_vain, "unix:///none", "test"), VACCEL_OK);
    together(THREADS, ask);
    assert_int_equal(unexpected(), 0);
    /* One that comes late, on a machine that is busy, may make a second. */
    assert_in_range(attempts, 1, THREADS / 2);
    current_end();
}

static void test_who_comes_later_does(void **state)
{
    (void)state;
    assert_int_equal(current_begin(open_in_vain, "unix:///none", "test"), VACCEL_OK);
    attempts = 0;
    ask(0);
    ask(0);
    assert_int_equal(unexpected(), 0);
    assert_int_equal(attempts, 2);
    current_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_waits_for_an_attempt_makes_none_of_its_own),
        cmocka_unit_test(test_who_comes_later_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
