/* SPDX-License-Identifier: Apache-2.0 */
#include "core/error_text.h"
#include "vaccel/error.h"
#include "vaccel/utils/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_letters_become_lower_case(void **state)
{
    char lower[16];

    (void)state;
    assert_int_equal(vaccel_str_to_lower("AbZ[@9_\xc3\x84", lower, sizeof(lower), NULL), 0);
    assert_string_equal(lower, "abz[@9_\xc3\x84");
}

static void test_result_is_cut_to_the_room(void **state)
{
    char lower[4];

    (void)state;
    assert_int_equal(vaccel_str_to_lower("ABCDEF", lower, sizeof(lower), NULL), 0);
    assert_string_equal(lower, "abc");
    assert_int_equal(vaccel_str_to_lower("ABCDEF", lower, 1, NULL), 0);
    assert_string_equal(lower, "");
}

static void test_allocated_result_is_whole_also_in_place(void **state)
{
    char text[] = "ABCDEF";
    char *alloc = NULL;

    (void)state;
    assert_int_equal(vaccel_str_to_lower(text, text, 4, &alloc), 0);
    assert_string_equal(text, "abc");
    assert_string_equal(alloc, "abcdef");
    free(alloc);
    assert_int_equal(vaccel_str_to_lower("X", NULL, 0, &alloc), 0);
    assert_string_equal(alloc, "x");
    free(alloc);
}

static void test_misuse_is_refused(void **state)
{
    char lower[4] = "old";
    char *alloc = lower;

    (void)state;
    assert_int_equal(vaccel_str_to_lower(NULL, lower, sizeof(lower), &alloc), VACCEL_EINVAL);
    assert_int_equal(vaccel_str_to_lower("X", NULL, 4, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_str_to_lower("X", lower, 0, &alloc), VACCEL_EINVAL);
    assert_string_equal(lower, "old");
    assert_ptr_equal(alloc, lower);
}

static void test_every_error_has_words(void **state)
{
    (void)state;
    assert_string_equal(error_text(VACCEL_EACCES), "access denied");
    assert_string_equal(error_text(-1), "an unknown error");
    assert_string_equal(error_text(VACCEL_EREMOTEIO), "the remote side failed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_letters_become_lower_case),
        cmocka_unit_test(test_result_is_cut_to_the_room),
        cmocka_unit_test(test_allocated_result_is_whole_also_in_place),
        cmocka_unit_test(test_misuse_is_refused),
        cmocka_unit_test(test_every_error_has_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
