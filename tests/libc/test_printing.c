/* SPDX-License-Identifier: Apache-2.0 */
/* What the guest prints, beside the host; its formats as such are those of tests/unit/test_format.c. */
#include "guest.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Both must agree on the text and the length, cut or not. */
#define SAME(...) \
    do { \
        char ours[2048], theirs[2048]; \
        int length = snprintf(theirs, sizeof(theirs), __VA_ARGS__); \
        assert_int_equal(guest_snprintf(ours, sizeof(ours), __VA_ARGS__), length); \
        assert_string_equal(ours, theirs); \
        assert_int_equal(guest_snprintf(ours, 5, __VA_ARGS__), length); \
        assert_memory_equal(ours, theirs, length < 4 ? length : 4); \
        assert_int_equal(guest_fprintf(guest_stderr, __VA_ARGS__), length); \
        assert_string_equal(machine_console(2, NULL), theirs); \
    } while (0)

static void test_formats_of_the_examples(void **state)
{
    (void)state;
    SAME("%-28s %-40s %8s  %s\n", "0001.png", "seven", "1.25", "right");
    SAME("[%.*s%*s] %zu of %zu\r", 12, "########################################", 28, "",
         (size_t)3, (size_t)10);
    SAME("%lld x %lld: %lld", 64LL, LLONG_MAX, LLONG_MIN);
    SAME("%-24s %.4f  %8.1f %8.1f\n", "box", 0.12345, 12.25, 1e6);
    SAME("%g %g %u %5u", 0.1, 1e-7, UINT_MAX, 7U);
    SAME("accuracy %.2f %%: %zu of %zu right", 98.765, (size_t)1, SIZE_MAX);
    SAME("%s", "");
    SAME("\033[K");
}

static void test_random_lines(void **state)
{
    (void)state;
    for (int i = 0; i < 2000; i++) {
        double number = (double)random() / (double)(random() % 100000 + 1);
        long whole = random() - (1L << 30);
        int width = (int)(random() % 40);

        SAME("%d|%12ld|%-9u|%#x|%.3f|%g|%e|%*s|%c", (int)whole, whole, (unsigned int)whole,
             (unsigned int)whole % 4096, number, -number, number, width, "text", 'a' + i % 26);
    }
}

/* Longer than the buffers on the way. */
static void test_long_text_is_whole(void **state)
{
    char text[1500];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    for (size_t length = sizeof(text) - 1; length > 100; length -= 100) {
        text[length] = '\0';
        SAME("%s!", text);
        assert_int_equal(guest_printf("%s", text), length);
        guest_fflush(guest_stdout);
        assert_string_equal(machine_console(1, NULL), text);
    }
}

static void test_output_goes_out_by_lines(void **state)
{
    int writes;

    (void)state;
    guest_printf("half ");
    guest_fputs("a line", guest_stdout);
    assert_string_equal(machine_console(1, NULL), "");
    guest_putchar('\n');
    assert_string_equal(machine_console(1, &writes), "half a line\n");
    assert_int_equal(writes, 1);
    assert_int_equal(guest_fwrite("tail", 1, 4, guest_stdout), 4);
    guest_fflush(NULL);
    assert_string_equal(machine_console(1, NULL), "tail");
}

static void test_errors_go_out_at_once(void **state)
{
    (void)state;
    guest_fprintf(guest_stderr, "%d%%", 40);
    assert_string_equal(machine_console(2, NULL), "40%");
    assert_int_equal(guest_fputc(0x141, guest_stderr), 'A');
    assert_string_equal(machine_console(2, NULL), "A");
}

static void test_what_compilers_make_of_printf(void **state)
{
    (void)state;
    assert_true(guest_puts("line") >= 0);
    assert_int_equal(guest_putchar('c'), 'c');
    assert_int_equal(guest_fwrite("abcdef", 2, 3, guest_stdout), 3);
    assert_int_equal(guest_fwrite("", 0, 3, guest_stdout), 0);
    guest_fflush(guest_stdout);
    assert_string_equal(machine_console(1, NULL), "line\ncabcdef");
}

static void test_console_cannot_be_read(void **state)
{
    char byte;

    (void)state;
    guest_errno = 0;
    assert_false(guest_ferror(guest_stderr));
    assert_int_equal(guest_fread(&byte, 1, 1, guest_stderr), 0);
    assert_int_equal(guest_errno, EBADF);
    assert_true(guest_ferror(guest_stderr));
}

static void test_impossible_size_is_refused(void **state)
{
    (void)state;
    guest_errno = 0;
    assert_int_equal(guest_fwrite("x", SIZE_MAX, 2, guest_stdout), 0);
    assert_int_equal(guest_errno, EINVAL);
    assert_true(guest_ferror(guest_stdout));
}

static void test_nobody_watches(void **state)
{
    (void)state;
    assert_int_equal(guest_isatty(2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats_of_the_examples),
        cmocka_unit_test(test_random_lines),
        cmocka_unit_test(test_long_text_is_whole),
        cmocka_unit_test(test_output_goes_out_by_lines),
        cmocka_unit_test(test_errors_go_out_at_once),
        cmocka_unit_test(test_what_compilers_make_of_printf),
        cmocka_unit_test(test_console_cannot_be_read),
        cmocka_unit_test(test_impossible_size_is_refused),
        cmocka_unit_test(test_nobody_watches),
    };

    srandom(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
