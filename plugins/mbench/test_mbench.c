/* SPDX-License-Identifier: Apache-2.0 */
#include "vaccel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <time.h>
#include <cmocka.h>

static struct vaccel_session sess;

static int begin(void **state)
{
    (void)state;
    return vaccel_session_init(&sess, 0);
}

static int end(void **state)
{
    (void)state;
    return vaccel_session_release(&sess);
}

static int call(const char *function, char *milliseconds, size_t size, size_t nr_read)
{
    char data[] = "data";
    struct vaccel_arg read[] = {{.buf = milliseconds, .size = size},
                                {.buf = data, .size = sizeof(data)}};

    return vaccel_exec(&sess, "some-library", function, read, nr_read, NULL, 0);
}

static double processor_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void the_processor_is_busy(void **state)
{
    char time[] = "30";
    double start = processor_ms();

    (void)state;
    assert_int_equal(call("mbench", time, sizeof(time), 2), VACCEL_OK);
    assert_true(processor_ms() > start);
}

static void a_time_needs_no_end_mark(void **state)
{
    char time[] = {'1'};

    (void)state;
    assert_int_equal(call("mbench", time, sizeof(time), 2), VACCEL_OK);
}

static void the_library_may_have_the_name(void **state)
{
    char time[] = "1";
    struct vaccel_arg read[] = {{.buf = time, .size = sizeof(time)}, {0}};

    (void)state;
    assert_int_equal(vaccel_exec(&sess, "mbench", "anything", read, 2, NULL, 0), VACCEL_OK);
}

static void other_functions_are_refused(void **state)
{
    char time[] = "1";

    (void)state;
    assert_int_equal(call("other", time, sizeof(time), 2), VACCEL_ENOSYS);
}

static void two_arguments_are_needed(void **state)
{
    char time[] = "1";

    (void)state;
    assert_int_equal(call("mbench", time, sizeof(time), 1), VACCEL_EINVAL);
    assert_int_equal(call("mbench", time, sizeof(time), 0), VACCEL_EINVAL);
}

static void bad_times_are_refused(void **state)
{
    static const char *const bad[] = {
        "", "0", "-1", "1.5", "ten", "300001", "99999999999999999999"};
    char time[32];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(time, sizeof(time), "%s", bad[i]);
        assert_int_equal(call("mbench", time, sizeof(time), 2), VACCEL_EINVAL);
    }
    assert_int_equal(call("mbench", NULL, 0, 2), VACCEL_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_processor_is_busy),
        cmocka_unit_test(a_time_needs_no_end_mark),
        cmocka_unit_test(the_library_may_have_the_name),
        cmocka_unit_test(other_functions_are_refused),
        cmocka_unit_test(two_arguments_are_needed),
        cmocka_unit_test(bad_times_are_refused),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
