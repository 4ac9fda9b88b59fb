/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers, sorting, the environment, clocks and the end, beside the host's. */
#include "guest.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void check_number(const char *text, int base)
{
    char *our_end = NULL;
    char *their_end = NULL;
    long theirs;

    errno = 0;
    theirs = strtol(text, &their_end, base);
    guest_errno = 0;
    assert_int_equal(guest_strtol(text, &our_end, base), theirs);
    assert_ptr_equal(our_end, their_end);
    assert_int_equal(guest_errno, errno);
    assert_int_equal(guest_strtol(text, NULL, base), theirs);
}

static void test_numbers_are_read_as_the_host_reads_them(void **state)
{
    static const char *const texts[] = {"",
                                        " ",
                                        "0",
                                        "-0",
                                        "+0",
                                        "1",
                                        "-1",
                                        "+1",
                                        "--1",
                                        "+-1",
                                        "- 1",
                                        "  42",
                                        "\t\n\v\f\r 7x",
                                        "12three",
                                        "x12",
                                        "9223372036854775806",
                                        "9223372036854775807",
                                        "9223372036854775808",
                                        "-9223372036854775808",
                                        "-9223372036854775809",
                                        "99999999999999999999999999",
                                        "0x",
                                        "0x1f",
                                        "-0X1F",
                                        "0xg",
                                        "0x7fffffffffffffff",
                                        "0x8000000000000000",
                                        "-0x8000000000000000",
                                        "017",
                                        "08",
                                        "0b1",
                                        "zz",
                                        "Zz9-",
                                        "18446744073709551615",
                                        "18446744073709551616",
                                        "-18446744073709551617",
                                        "1e5",
                                        "0000000000000000000000000000001",
                                        "0x 1",
                                        "\xa0+1",
                                        "+",
                                        "-",
                                        "0-1"};
    static const int bases[] = {0, 2, 8, 10, 16, 35, 36};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        for (size_t j = 0; j < sizeof(bases) / sizeof(bases[0]); j++)
            check_number(texts[i], bases[j]);
}

static void test_random_numbers_are_read_as_the_host_reads_them(void **state)
{
    static const char letters[] = " +-0123456789aAfFxXzZ";
    char text[32];

    (void)state;
    for (int i = 0; i < 100000; i++) {
        int length = (int)(random() % (int)sizeof(text));

        for (int j = 0; j < length; j++)
            text[j] = letters[random() % (int)(sizeof(letters) - 1)];
        text[length] = '\0';
        check_number(text, i % 36 == 0 ? 0 : i % 36 + 1);
    }
}

static void test_bad_base_is_refused(void **state)
{
    (void)state;
    for (int base = -1; base <= 37; base += base < 0 ? 2 : 36) {
        guest_errno = 0;
        assert_int_equal(guest_strtol("1", NULL, base), 0);
        assert_int_equal(guest_errno, EINVAL);
    }
}

static int compare_first_byte(const void *a, const void *b)
{
    return *(const unsigned char *)a - *(const unsigned char *)b;
}

static int compare_ints(const void *a, const void *b)
{
    return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}

static void test_numbers_are_sorted(void **state)
{
    enum { MOST = 500 };
    int ours[MOST], theirs[MOST];

    (void)state;
    for (size_t count = 0; count <= MOST; count++) {
        for (size_t i = 0; i < count; i++)
            ours[i] = theirs[i] = (int)(count % 3 ? random() : random() % 5);
        guest_qsort(ours, count, sizeof(ours[0]), compare_ints);
        qsort(theirs, count, sizeof(theirs[0]), compare_ints);
        assert_memory_equal(ours, theirs, count * sizeof(ours[0]));
    }
}

/* Elements of an odd size stay whole. */
static void test_elements_keep_what_belongs_to_them(void **state)
{
    enum { SIZE = 13, COUNT = 200 };
    unsigned char data[COUNT][SIZE];

    (void)state;
    for (int i = 0; i < COUNT; i++)
        memset(data[i], (i * 89) % COUNT, SIZE);
    guest_qsort(data, COUNT, SIZE, compare_first_byte);
    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < SIZE; j++)
            assert_int_equal(data[i][j], i);
}

static void test_environment(void **state)
{
    (void)state;
    assert_string_equal(guest_getenv("SET"), "value");
    assert_null(guest_getenv("UNSET"));
}

static void test_clocks(void **state)
{
    long long seconds = 0;
    long nanoseconds = 0;

    (void)state;
    assert_true(guest_time(CLOCK_MONOTONIC, &seconds, &nanoseconds));
    assert_int_equal(seconds, 7);
    assert_int_equal(nanoseconds, 123);
    machine_time = 1700000000999999999u;
    assert_true(guest_time(CLOCK_REALTIME, &seconds, &nanoseconds));
    assert_int_equal(seconds, 1700000000);
    assert_int_equal(nanoseconds, 999999999);
}

static void test_unknown_clock_and_time_are_errors(void **state)
{
    long long seconds;
    long nanoseconds;

    (void)state;
    machine_time = 0;
    guest_errno = 0;
    assert_false(guest_time(CLOCK_REALTIME, &seconds, &nanoseconds));
    assert_int_equal(guest_errno, EINVAL);
    guest_errno = 0;
    assert_false(guest_time(17, &seconds, &nanoseconds));
    assert_int_equal(guest_errno, EINVAL);
}

static void say_and_exit(void *status)
{
    guest_printf("not a whole line");
    guest_exit(*(int *)status);
}

static void say_and_abort(void *context)
{
    (void)context;
    guest_printf("before");
    guest_abort();
}

static void test_end_writes_what_is_pending(void **state)
{
    int status = 3;

    (void)state;
    machine_console(1, NULL);
    assert_int_equal(machine_exit_status(say_and_exit, &status), 3);
    assert_string_equal(machine_console(1, NULL), "not a whole line");
    assert_int_equal(machine_exit_status(say_and_abort, NULL), 134);
    assert_string_equal(machine_console(1, NULL), "before");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_are_read_as_the_host_reads_them),
        cmocka_unit_test(test_random_numbers_are_read_as_the_host_reads_them),
        cmocka_unit_test(test_bad_base_is_refused),
        cmocka_unit_test(test_numbers_are_sorted),
        cmocka_unit_test(test_elements_keep_what_belongs_to_them),
        cmocka_unit_test(test_environment),
        cmocka_unit_test(test_clocks),
        cmocka_unit_test(test_unknown_clock_and_time_are_errors),
        cmocka_unit_test(test_end_writes_what_is_pending),
    };

    srandom(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
