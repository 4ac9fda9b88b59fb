/* SPDX-License-Identifier: Apache-2.0 */
/* The formatter of guests without a C library, held against the host's. */
#include "platform/platform.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int format(char *buf, size_t size, const char *text, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, text);
    length = platform_format(buf, size, text, arguments);
    va_end(arguments);
    return length;
}

/* Both formatters must agree on the text and on the length that they return. */
#define SAME(...) \
    do { \
        char ours[2048], theirs[2048]; \
        int length = format(ours, sizeof(ours), __VA_ARGS__); \
        assert_int_equal(length, snprintf(theirs, sizeof(theirs), __VA_ARGS__)); \
        assert_string_equal(ours, theirs); \
    } while (0)

/* The compiler would refuse some of the formats that are tested. */
#pragma GCC diagnostic ignored "-Wformat"
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"

static void test_plain_text_and_percent(void **state)
{
    (void)state;
    SAME("nothing to convert");
    SAME("100%% sure");
}

static void test_strings_and_characters(void **state)
{
    (void)state;
    SAME("%s|%10s|%-10s|%.2s|%.*s|%-6.3s|", "abc", "abc", "abc", "abc", 1, "abc", "abcdef");
    SAME("%.3s", (const char[]){'a', 'b', 'c'});
    SAME("%s", "");
    SAME("%c%c|%3c|%-3c|", 'a', '%', 'b', 'c');
}

static void test_missing_string_is_shown_as_such(void **state)
{
    char buf[16];

    (void)state;
    assert_int_equal(format(buf, sizeof(buf), "%s", NULL), 6);
    assert_string_equal(buf, "(null)");
}

static void test_integers_of_every_size(void **state)
{
    (void)state;
    SAME("%d %i %u %x", INT_MIN, INT_MAX, UINT_MAX, UINT_MAX);
    SAME("%ld %ld %lu %lx", LONG_MIN, LONG_MAX, ULONG_MAX, ULONG_MAX);
    SAME("%lld %lld %llu %llx", LLONG_MIN, LLONG_MAX, ULLONG_MAX, ULLONG_MAX);
    SAME("%zu %zx %zd", SIZE_MAX, SIZE_MAX, (ssize_t)-1);
    SAME("%hhd %hhu %hd %hu", -1, 255, -2, 65535);
    SAME("%jd %td", INTMAX_MIN, PTRDIFF_MIN);
    SAME("%d %u %x %X", 0, 0u, 0u, 0xabcdefu);
}

static void test_integer_flags_widths_and_precisions(void **state)
{
    static const char *const formats[] = {
        "%5d|",    "%-5d|",   "%05d|",  "%+d|",   "% d|",   "%+05d|",  "%.3d|",  "%8.3d|",
        "%-8.3d|", "%08.3d|", "%.0d|",  "%5.0d|", "%#x|",   "%#010x|", "%02x|",  "%#X|",
        "%-#8x|",  "%2d|",    "%.10u|", "%3u|",   "%-+6d|", "%- 6d|",  "%#.5x|", "%20.10x|"};
    static const int values[] = {0, 1, -1, 42, -12345, INT_MAX, INT_MIN};

    (void)state;
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        for (size_t j = 0; j < sizeof(values) / sizeof(values[0]); j++)
            SAME(formats[i], values[j]);
}

static void test_width_and_precision_from_arguments(void **state)
{
    (void)state;
    SAME("%*d|%*d|%.*d|%*.*f|", 6, 1, -6, 2, 3, 4, 9, 2, 3.14159);
    SAME("%.*f|%.*s|", -1, 0.5, -1, "whole");
}

static void test_pointers(void **state)
{
    int here;

    (void)state;
    SAME("%p|%20p|%-20p|", (void *)&here, (void *)&here, (void *)&here);
    SAME("%p|%8p|", NULL, NULL);
}

static void test_floats_of_all_kinds(void **state)
{
    static const char *const formats[] = {
        "%f",   "%.0f",  "%.1f",  "%.3f",  "%10.2f|", "%-10.2f|", "%010.2f", "%+f",
        "% f",  "%#.0f", "%e",    "%.0e",  "%.15e",   "%12.3e",   "%g",      "%.0g",
        "%.3g", "%.17g", "%012g", "%.20f", "%.40g",   "%.400f",   "%-14g|"};
    static const double values[] = {0.0,       -0.0,        1.0,
                                    -1.5,      0.1,         2.5,
                                    3.5,       0.5,         1e-4,
                                    1e-5,      99999.5,     999999.5,
                                    1e6,       123456789,   1e15,
                                    1e16,      1e22,        1e100,
                                    DBL_MAX,   DBL_MIN,     5e-324,
                                    -2.2e-308, 0.045,       1.005,
                                    9.995,     9.9999999,   1.0 / 3,
                                    1e9,       999999999.5, 4503599627370496.5,
                                    INFINITY,  -INFINITY,   (double)FLT_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        for (size_t j = 0; j < sizeof(values) / sizeof(values[0]); j++)
            SAME(formats[i], values[j]);
    SAME("%f %08g", (double)NAN, (double)NAN);
    SAME("%#g %#g %#.3g %#.1g", 1.0, 0.0, 12345.0, 1e-7);
}

static void test_random_floats_are_rounded_as_the_host_rounds(void **state)
{
    (void)state;
    srandom(1);
    for (int i = 0; i < 2000; i++) {
        uint64_t bits = (uint64_t)random() << 33 ^ (uint64_t)random() << 11 ^ (uint64_t)random();
        double value;

        memcpy(&value, &bits, sizeof(value));
        if (isnan(value))
            continue;
        SAME("%.17g %g %e %.2f", value, value, value, value);
        value = (double)(random() % 2000000 - 1000000) / 1000;
        SAME("%.2f %.1f %g %.3g", value, value, value, value);
    }
}

static void test_result_is_cut_and_its_whole_length_returned(void **state)
{
    char buf[8] = "unwrit";

    (void)state;
    assert_int_equal(format(buf, 4, "%s-%d", "abc", 12), 6);
    assert_string_equal(buf, "abc");
    assert_int_equal(format(buf, 1, "%f", 1.0), 8);
    assert_string_equal(buf, "");
    assert_int_equal(format(NULL, 0, "%05d", 7), 5);
}

static void test_unknown_conversion_is_copied_with_the_rest(void **state)
{
    char buf[32];

    (void)state;
    format(buf, sizeof(buf), "%d %y %s", 1, 2);
    assert_string_equal(buf, "1 %y %s");
    format(buf, sizeof(buf), "50%");
    assert_string_equal(buf, "50%");
    format(buf, sizeof(buf), "%-0");
    assert_string_equal(buf, "%-0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_text_and_percent),
        cmocka_unit_test(test_strings_and_characters),
        cmocka_unit_test(test_missing_string_is_shown_as_such),
        cmocka_unit_test(test_integers_of_every_size),
        cmocka_unit_test(test_integer_flags_widths_and_precisions),
        cmocka_unit_test(test_width_and_precision_from_arguments),
        cmocka_unit_test(test_pointers),
        cmocka_unit_test(test_floats_of_all_kinds),
        cmocka_unit_test(test_random_floats_are_rounded_as_the_host_rounds),
        cmocka_unit_test(test_result_is_cut_and_its_whole_length_returned),
        cmocka_unit_test(test_unknown_conversion_is_copied_with_the_rest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
