/* SPDX-License-Identifier: Apache-2.0 */
/* What sessions and resources are kept in: sets of pointers, and ids. */
#include "core/ids.h"
#include "core/pointer_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MANY = 2000, STEPS = 50000 };

static uint32_t random_number(void)
{
    static uint32_t state = 12345;

    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

static bool is_in[MANY];

/* Pointers that nobody follows; many of them want the same place. */
static const void *pointer(size_t i)
{
    return (const void *)(uintptr_t)((i + 1) * 0x10001);
}

static void test_a_set_remembers_what_was_added_and_not_removed(void **state)
{
    struct pointer_set set = {0};
    size_t i;

    (void)state;
    for (int step = 0; step < STEPS; step++) {
        i = random_number() % MANY;
        if (is_in[i])
            pointer_set_remove(&set, pointer(i));
        else
            assert_true(pointer_set_add(&set, pointer(i)));
        is_in[i] = !is_in[i];
        i = random_number() % MANY;
        assert_int_equal(pointer_set_has(&set, pointer(i)), is_in[i]);
    }
    for (i = 0; i < MANY; i++)
        assert_int_equal(pointer_set_has(&set, pointer(i)), is_in[i]);
    pointer_set_clear(&set);
    assert_false(pointer_set_has(&set, pointer(0)));
}

/* However often one comes and goes: removed places are used again. */
static void test_a_set_does_not_grow_by_removals(void **state)
{
    struct pointer_set set = {0};
    const struct pointer_table *table;

    (void)state;
    assert_true(pointer_set_add(&set, pointer(0)));
    table = set.table;
    for (size_t i = 1; i < MANY; i++) {
        assert_true(pointer_set_add(&set, pointer(i)));
        pointer_set_remove(&set, pointer(i));
    }
    assert_ptr_equal(set.table, table);
    assert_true(pointer_set_has(&set, pointer(0)));
    pointer_set_remove(&set, pointer(1));
    assert_int_equal(set.count, 1);
    pointer_set_clear(&set);
}

static void test_an_empty_set(void **state)
{
    struct pointer_set set = {0};

    (void)state;
    assert_false(pointer_set_has(&set, pointer(0)));
    pointer_set_remove(&set, pointer(0));
    pointer_set_clear(&set);
}

static void test_ids_begin_at_one_and_come_back(void **state)
{
    struct ids ids = {0};
    int a, b, c;

    (void)state;
    assert_int_equal(ids_take(&ids, &a), 1);
    assert_int_equal(ids_take(&ids, &b), 2);
    assert_ptr_equal(ids_find(&ids, 2), &b);
    ids_give_back(&ids, 1);
    assert_null(ids_find(&ids, 1));
    assert_ptr_equal(ids_next(&ids, 0), &b);
    assert_null(ids_next(&ids, 2));
    assert_int_equal(ids_take(&ids, &c), 1);
    assert_int_equal(ids_take(&ids, &a), 3);
    ids_clear(&ids);
    assert_null(ids_find(&ids, 1));
    assert_null(ids_next(&ids, 0));
}

static void test_ids_that_nobody_has(void **state)
{
    struct ids ids = {0};
    int a;

    (void)state;
    assert_null(ids_find(&ids, 1));
    assert_int_equal(ids_take(&ids, &a), 1);
    assert_null(ids_find(&ids, 0));
    assert_null(ids_find(&ids, -1));
    assert_null(ids_find(&ids, 2));
    assert_null(ids_find(&ids, INT64_MAX));
    assert_null(ids_find(&ids, INT64_MIN));
    ids_clear(&ids);
}

static void test_many_ids(void **state)
{
    static int objects[MANY];
    struct ids ids = {0};

    (void)state;
    for (int i = 0; i < MANY; i++)
        assert_int_equal(ids_take(&ids, &objects[i]), i + 1);
    for (int i = 0; i < MANY; i += 3)
        ids_give_back(&ids, i + 1);
    for (int i = 0; i < MANY; i++)
        assert_ptr_equal(ids_find(&ids, i + 1), i % 3 ? &objects[i] : NULL);
    ids_clear(&ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_set_remembers_what_was_added_and_not_removed),
        cmocka_unit_test(test_a_set_does_not_grow_by_removals),
        cmocka_unit_test(test_an_empty_set),
        cmocka_unit_test(test_ids_begin_at_one_and_come_back),
        cmocka_unit_test(test_ids_that_nobody_has),
        cmocka_unit_test(test_many_ids),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
