/* SPDX-License-Identifier: Apache-2.0 */
#include "names.h"

#include "vaccel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { MANY = 1000 };

static size_t nr_released;

static void count_release(void *value)
{
    assert_non_null(value);
    nr_released++;
}

static void name_of(int i, char *text, size_t size)
{
    snprintf(text, size, "function_%d", i);
}

static void many_names_are_all_found(void **state)
{
    static int values[MANY];
    static struct names names;
    char text[32];
    int i;

    (void)state;
    for (i = 0; i < MANY; i++) {
        name_of(i, text, sizeof(text));
        assert_null(names_find(&names, text));
        assert_int_equal(names_add(&names, text, &values[i]), VACCEL_OK);
    }
    for (i = 0; i < MANY; i++) {
        name_of(i, text, sizeof(text));
        assert_ptr_equal(names_find(&names, text), &values[i]);
    }
    assert_null(names_find(&names, "function_"));
    names_release(&names, count_release);
    assert_int_equal(nr_released, MANY);
    assert_null(names_find(&names, "function_1"));
}

static void an_empty_name_is_a_name(void **state)
{
    static struct names names;
    int value;

    (void)state;
    assert_null(names_find(&names, ""));
    assert_int_equal(names_add(&names, "", &value), VACCEL_OK);
    assert_ptr_equal(names_find(&names, ""), &value);
    names_release(&names, NULL);
}

static void *find_all(void *argument)
{
    char text[32];
    int i;

    for (i = 0; i < MANY; i++) {
        name_of(i, text, sizeof(text));
        while (!names_find(argument, text))
            continue;
    }
    return NULL;
}

static void names_are_found_while_others_are_added(void **state)
{
    static struct names names;
    pthread_t finder;
    char text[32];
    int i;

    (void)state;
    assert_int_equal(pthread_create(&finder, NULL, find_all, &names), 0);
    for (i = 0; i < MANY; i++) {
        name_of(i, text, sizeof(text));
        assert_int_equal(names_add(&names, text, &names), VACCEL_OK);
    }
    assert_int_equal(pthread_join(finder, NULL), 0);
    names_release(&names, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_names_are_all_found),
        cmocka_unit_test(an_empty_name_is_a_name),
        cmocka_unit_test(names_are_found_while_others_are_added),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
