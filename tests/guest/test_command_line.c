/* SPDX-License-Identifier: Apache-2.0 */
/* How a guest's command line becomes variables and arguments. */
#include "baremetal/command_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct command_line line;
static char *text;

/* Of exactly its size, so that a sanitizer sees what is read behind it. */
static int split(const char *words)
{
    free(text);
    text = strdup(words);
    assert_non_null(text);
    return command_line_split(&line, text);
}

static int end(void **state)
{
    (void)state;
    free(text);
    text = NULL;
    return 0;
}

static void test_empty(void **state)
{
    (void)state;
    assert_int_equal(split(""), 0);
    assert_int_equal(line.argc, 1);
    assert_string_equal(line.argv[0], "vaccel");
    assert_null(line.argv[1]);
    assert_int_equal(split(" \t \n"), 0);
    assert_int_equal(line.argc, 1);
}

static void test_variables_stand_first(void **state)
{
    (void)state;
    assert_int_equal(split("A=1 B_2=x=y a=1 C=3"), 0);
    assert_string_equal(command_line_variable(&line, "A"), "1");
    assert_string_equal(command_line_variable(&line, "B_2"), "x=y");
    assert_null(command_line_variable(&line, "C"));
    assert_null(command_line_variable(&line, "B"));
    assert_int_equal(line.argc, 3);
    assert_string_equal(line.argv[1], "a=1");
    assert_string_equal(line.argv[2], "C=3");
    assert_null(line.argv[3]);
}

static void test_the_last_variable_counts(void **state)
{
    (void)state;
    assert_int_equal(split("A=1 A= A=3"), 0);
    assert_string_equal(command_line_variable(&line, "A"), "3");
}

static void test_dashes_end_the_variables_once(void **state)
{
    (void)state;
    assert_int_equal(split("A=1 -- B=2 -- x"), 0);
    assert_null(command_line_variable(&line, "B"));
    assert_int_equal(line.argc, 4);
    assert_string_equal(line.argv[1], "B=2");
    assert_string_equal(line.argv[2], "--");
    assert_string_equal(line.argv[3], "x");
}

static void test_no_name_is_no_variable(void **state)
{
    (void)state;
    assert_int_equal(split("=1"), 0);
    assert_string_equal(line.argv[1], "=1");
    assert_int_equal(split("1A=1"), 0);
    assert_string_equal(line.argv[1], "1A=1");
}

static void test_quotes(void **state)
{
    (void)state;
    assert_int_equal(split("A=\"one  two\" \"\" a\"b c\"d \"\\\"\\\\\\n\" \\\""), 0);
    assert_string_equal(command_line_variable(&line, "A"), "one  two");
    assert_string_equal(line.argv[1], "");
    assert_string_equal(line.argv[2], "ab cd");
    assert_string_equal(line.argv[3], "\"\\\\n");
    assert_string_equal(line.argv[4], "\\");
}

static void test_a_quote_that_never_ends(void **state)
{
    (void)state;
    assert_int_equal(split("a \"b c \\"), 0);
    assert_string_equal(line.argv[2], "b c \\");
    assert_int_equal(line.argc, 3);
}

static void test_devices_stand_anywhere(void **state)
{
    (void)state;
    assert_int_equal(split("virtio_mmio.device=1@2:3 A=1 -- x virtio_mmio.device=4K@0xd0000000:5"),
                     0);
    assert_int_equal(line.nr_devices, 2);
    assert_string_equal(line.devices[0], "1@2:3");
    assert_string_equal(line.devices[1], "4K@0xd0000000:5");
    assert_string_equal(command_line_variable(&line, "A"), "1");
    assert_int_equal(line.argc, 2);
}

/* It puts its own words before the dashes, if there are some, else behind all. */
static void test_what_firecracker_adds(void **state)
{
    (void)state;
    assert_int_equal(split("A=1 x pci=off virtio_mmio.device=4K@0xc0001000:5"), 0);
    assert_int_equal(line.argc, 2);
    assert_string_equal(line.argv[1], "x");
    assert_int_equal(split("A=1 pci=off virtio_mmio.device=4K@0xc0001000:5 -- B=2"), 0);
    assert_int_equal(line.nr_devices, 1);
    assert_int_equal(line.argc, 2);
    assert_string_equal(line.argv[1], "B=2");
    assert_int_equal(split("pci=on"), 0);
    assert_string_equal(line.argv[1], "pci=on");
}

/* @unit so many times, each a word. */
static int split_many(const char *unit, size_t times)
{
    char *words = calloc(times, strlen(unit) + 1);
    size_t i;
    int ret;

    assert_non_null(words);
    for (i = 0; i < times; i++)
        strcat(words, unit);
    ret = split(words);
    free(words);
    return ret;
}

static void test_too_many(void **state)
{
    const char *units[] = {"x ", "A=1 ", "virtio_mmio.device=1 "};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(units) / sizeof(*units); i++) {
        assert_int_equal(split_many(units[i], COMMAND_LINE_WORDS_MOST - 1), 0);
        assert_int_equal(split_many(units[i], COMMAND_LINE_WORDS_MOST + 1), -1);
    }
    assert_int_equal(split_many("x ", COMMAND_LINE_WORDS_MOST - 1), 0);
    assert_null(line.argv[line.argc]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_variables_stand_first),
        cmocka_unit_test(test_the_last_variable_counts),
        cmocka_unit_test(test_dashes_end_the_variables_once),
        cmocka_unit_test(test_no_name_is_no_variable),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_a_quote_that_never_ends),
        cmocka_unit_test(test_devices_stand_anywhere),
        cmocka_unit_test(test_what_firecracker_adds),
        cmocka_unit_test(test_too_many),
    };

    return cmocka_run_group_tests(tests, NULL, end);
}
