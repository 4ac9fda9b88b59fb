/* SPDX-License-Identifier: Apache-2.0 */
/* Profiling regions: one thread, many threads, and off. */
#include "core/prof.h"
#include "vaccel.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { THREADS = 4, ROUNDS = 500 };

static int switch_on(void **state)
{
    (void)state;
    prof_set_enabled(true);
    return 0;
}

static int switch_off(void **state)
{
    (void)state;
    prof_set_enabled(false);
    return 0;
}

static void test_it_is_switched(void **state)
{
    (void)state;
    prof_set_enabled(true);
    assert_true(vaccel_prof_enabled());
    prof_set_enabled(false);
    assert_false(vaccel_prof_enabled());
}

static void test_off_nothing_is_done(void **state)
{
    struct vaccel_prof_region region = VACCEL_PROF_REGION_INIT("off");
    char text[16] = "untouched";
    char *buf = text;

    (void)state;
    assert_int_equal(vaccel_prof_region_start(&region), 0);
    assert_int_equal(vaccel_prof_region_stop(&region), 0);
    assert_int_equal(vaccel_prof_region_print(&region), 0);
    assert_int_equal(region.nr_entries, 0);
    assert_int_equal(vaccel_prof_region_start(NULL), 0);
    assert_int_equal(vaccel_prof_region_stop(NULL), 0);
    assert_int_equal(vaccel_prof_region_print(NULL), 0);
    assert_int_equal(vaccel_prof_regions_start_by_name(NULL, 0, NULL), 0);
    assert_int_equal(vaccel_prof_regions_stop_by_name(NULL, 0, NULL), 0);
    assert_int_equal(vaccel_prof_regions_print_all(NULL, 0), 0);
    assert_int_equal(vaccel_prof_regions_print_all_to_buf(&buf, 16, &region, 1), 0);
    assert_int_equal(vaccel_prof_regions_print_all_to_buf(NULL, 0, NULL, 0), 0);
    assert_string_equal(text, "untouched");
}

static void test_off_a_region_is_made_and_ended_all_the_same(void **state)
{
    struct vaccel_prof_region region;

    (void)state;
    memset(&region, 0x5a, sizeof(region));
    assert_int_equal(vaccel_prof_region_init(&region, NULL), 0);
    prof_set_enabled(true);
    assert_int_equal(vaccel_prof_region_start(&region), VACCEL_OK);
    prof_set_enabled(false);
    assert_int_equal(vaccel_prof_region_stop(&region), VACCEL_OK);
    assert_int_equal(vaccel_prof_region_release(&region), VACCEL_OK);
    assert_null(region.samples);
}

static void test_a_passage_is_a_sample(void **state)
{
    struct vaccel_prof_region region = VACCEL_PROF_REGION_INIT("passage");
    int i;

    (void)state;
    for (i = 0; i < 100; i++) {
        assert_int_equal(vaccel_prof_region_start(&region), VACCEL_OK);
        assert_int_equal(vaccel_prof_region_stop(&region), VACCEL_OK);
    }
    assert_int_equal(region.nr_entries, 100);
    for (i = 1; i < 100; i++) {
        assert_true(region.samples[i].start >= region.samples[i - 1].start);
        assert_true(region.samples[i].start >=
                    region.samples[i - 1].start + region.samples[i - 1].time);
    }
    assert_int_equal(vaccel_prof_region_release(&region), VACCEL_OK);
}

static void test_passages_may_nest(void **state)
{
    struct vaccel_prof_region region = VACCEL_PROF_REGION_INIT("nested");

    (void)state;
    assert_int_equal(vaccel_prof_region_start(&region), VACCEL_OK);
    assert_int_equal(vaccel_prof_region_start(&region), VACCEL_OK);
    assert_int_equal(vaccel_prof_region_stop(&region), VACCEL_OK);
    assert_int_equal(region.samples[0].time, 0);
    assert_int_equal(vaccel_prof_region_stop(&region), VACCEL_OK);
    assert_true(region.samples[0].time >= region.samples[1].time);
    assert_int_equal(vaccel_prof_region_stop(&region), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_region_release(&region), VACCEL_OK);
}

static void test_misuse(void **state)
{
    struct vaccel_prof_region region;

    (void)state;
    assert_int_equal(vaccel_prof_region_init(NULL, "name"), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_region_release(NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_region_start(NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_region_stop(NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_region_print(NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_region_init(&region, "name"), VACCEL_OK);
    assert_false(region.name_owned);
    assert_int_equal(vaccel_prof_region_stop(&region), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_region_print(&region), VACCEL_OK);
    assert_int_equal(vaccel_prof_region_release(&region), VACCEL_OK);
    assert_int_equal(vaccel_prof_region_start(&region), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_region_stop(&region), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_region_print(&region), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_region_release(&region), VACCEL_OK);
}

static void test_regions_take_names(void **state)
{
    struct vaccel_prof_region regions[2];

    (void)state;
    assert_int_equal(vaccel_prof_regions_init(regions, 2), VACCEL_OK);
    assert_true(regions[0].name_owned);
    assert_int_equal(vaccel_prof_regions_start_by_name(regions, 2, "one"), VACCEL_OK);
    assert_int_equal(vaccel_prof_regions_start_by_name(regions, 2, "two"), VACCEL_OK);
    assert_int_equal(vaccel_prof_regions_start_by_name(regions, 2, "three"), VACCEL_ENOENT);
    assert_int_equal(vaccel_prof_regions_stop_by_name(regions, 2, "one"), VACCEL_OK);
    assert_int_equal(vaccel_prof_regions_stop_by_name(regions, 2, "one"), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_regions_stop_by_name(regions, 2, "three"), VACCEL_ENOENT);
    assert_int_equal(vaccel_prof_regions_start_by_name(regions, 2, "one"), VACCEL_OK);
    assert_string_equal(regions[0].name, "one");
    assert_int_equal(regions[0].nr_entries, 2);
    assert_string_equal(regions[1].name, "two");
    assert_int_equal(vaccel_prof_regions_print_all(regions, 2), VACCEL_OK);
    assert_int_equal(vaccel_prof_regions_release(regions, 2), VACCEL_OK);
}

static void test_a_name_has_its_longest_length(void **state)
{
    struct vaccel_prof_region region;
    char name[257];

    (void)state;
    memset(name, 'x', sizeof(name));
    name[256] = '\0';
    assert_int_equal(vaccel_prof_regions_init(&region, 1), VACCEL_OK);
    assert_int_equal(vaccel_prof_regions_start_by_name(&region, 1, name), VACCEL_ENAMETOOLONG);
    name[255] = '\0';
    assert_int_equal(vaccel_prof_regions_start_by_name(&region, 1, name), VACCEL_OK);
    assert_string_equal(region.name, name);
    assert_int_equal(vaccel_prof_regions_release(&region, 1), VACCEL_OK);
}

static void test_misuse_of_names(void **state)
{
    struct vaccel_prof_region region = VACCEL_PROF_REGION_INIT("name");

    (void)state;
    assert_int_equal(vaccel_prof_regions_init(NULL, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_regions_init(&region, -1), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_regions_release(NULL, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_regions_release(&region, -1), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_regions_start_by_name(NULL, 1, "name"), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_regions_start_by_name(&region, -1, "name"), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_regions_start_by_name(&region, 1, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_regions_start_by_name(&region, 1, ""), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_regions_start_by_name(&region, 0, "name"), VACCEL_ENOENT);
    assert_int_equal(vaccel_prof_regions_start_by_name(&region, 1, "other"), VACCEL_ENOENT);
    assert_int_equal(vaccel_prof_regions_stop_by_name(NULL, 1, "name"), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_regions_stop_by_name(&region, -1, "name"), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_regions_stop_by_name(&region, 1, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_regions_stop_by_name(&region, 1, ""), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_regions_print_all(NULL, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_regions_print_all(&region, -1), VACCEL_EINVAL);
}

/* Two regions with a passage each, the second one not ended; and one without a name. */
static void measure(struct vaccel_prof_region regions[3])
{
    assert_int_equal(vaccel_prof_regions_init(regions, 3), VACCEL_OK);
    assert_int_equal(vaccel_prof_regions_start_by_name(regions, 3, "load"), VACCEL_OK);
    assert_int_equal(vaccel_prof_regions_start_by_name(regions, 3, "run"), VACCEL_OK);
    assert_int_equal(vaccel_prof_regions_stop_by_name(regions, 3, "load"), VACCEL_OK);
}

static void test_all_regions_go_into_a_buffer(void **state)
{
    struct vaccel_prof_region regions[3];
    char expected[256];
    char *buf;
    int length;

    (void)state;
    measure(regions);
    length = vaccel_prof_regions_print_all_to_buf(NULL, 0, regions, 3);
    assert_int_equal(snprintf(expected, sizeof(expected),
                              "[prof] load: total_time: %llu nsec nr_entries: 1\n"
                              "[prof] run: total_time: 0 nsec nr_entries: 0\n",
                              (unsigned long long)regions[0].samples[0].time) +
                         1,
                     length);
    buf = malloc((size_t)length);
    assert_int_equal(vaccel_prof_regions_print_all_to_buf(&buf, (size_t)length, regions, 3),
                     length);
    assert_string_equal(buf, expected);
    free(buf);
    assert_int_equal(vaccel_prof_regions_release(regions, 3), VACCEL_OK);
}

static void test_text_is_cut_to_fit(void **state)
{
    struct vaccel_prof_region regions[3];
    char *buf;
    int length;
    int room;

    (void)state;
    measure(regions);
    length = vaccel_prof_regions_print_all_to_buf(NULL, 0, regions, 3);
    for (room = 1; room < length; room++) {
        buf = malloc((size_t)room);
        assert_int_equal(vaccel_prof_regions_print_all_to_buf(&buf, (size_t)room, regions, 3),
                         length);
        assert_int_equal(strlen(buf), room - 1);
        free(buf);
    }
    assert_int_equal(vaccel_prof_regions_release(regions, 3), VACCEL_OK);
}

static void test_misuse_of_the_buffer(void **state)
{
    struct vaccel_prof_region region = VACCEL_PROF_REGION_INIT("name");
    char text[8] = "x";
    char *buf = text;
    char *none = NULL;

    (void)state;
    assert_int_equal(vaccel_prof_regions_print_all_to_buf(&none, 8, &region, 1), -VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_regions_print_all_to_buf(&buf, 0, &region, 1), -VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_regions_print_all_to_buf(&buf, 8, NULL, 1), -VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_regions_print_all_to_buf(&buf, 8, &region, -1), -VACCEL_EINVAL);
    assert_string_equal(text, "x");
    assert_int_equal(vaccel_prof_regions_print_all_to_buf(&buf, 8, &region, 0), 1);
    assert_string_equal(text, "");
}

/* cmocka's asserts are for the main thread: count what went wrong instead. */
static void *pass_through(void *argument)
{
    struct vaccel_prof_region *regions = argument;
    intptr_t wrong = 0;
    int i;

    for (i = 0; i < ROUNDS; i++) {
        wrong += vaccel_prof_region_start(&regions[0]) != VACCEL_OK;
        wrong += vaccel_prof_regions_start_by_name(regions, 2, "shared") != VACCEL_OK;
        wrong += vaccel_prof_region_stop(&regions[0]) != VACCEL_OK;
        wrong += vaccel_prof_regions_stop_by_name(regions, 2, "shared") != VACCEL_OK;
        if (i % 100 == 0)
            wrong += vaccel_prof_regions_print_all_to_buf(NULL, 0, regions, 2) < 1;
        prof_add_operation(VACCEL_OP_NOOP, 0);
    }
    return (void *)wrong;
}

static void test_threads_share_a_region(void **state)
{
    struct vaccel_prof_region regions[2];
    pthread_t threads[THREADS];
    void *wrong;
    size_t i;

    (void)state;
    assert_int_equal(vaccel_prof_region_init(&regions[0], "first"), VACCEL_OK);
    assert_int_equal(vaccel_prof_region_init(&regions[1], NULL), VACCEL_OK);
    for (i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, pass_through, regions), 0);
    for (i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        assert_null(wrong);
    }
    assert_int_equal(regions[0].nr_entries, THREADS * ROUNDS);
    assert_int_equal(regions[1].nr_entries, THREADS * ROUNDS);
    assert_int_equal(vaccel_prof_region_stop(&regions[0]), VACCEL_EINVAL);
    prof_print_operations();
    assert_int_equal(vaccel_prof_regions_release(regions, 2), VACCEL_OK);
}

static void *stop_it(void *region)
{
    return (void *)(intptr_t)vaccel_prof_region_stop(region);
}

static void test_a_thread_cannot_stop_another_ones_passage(void **state)
{
    struct vaccel_prof_region region = VACCEL_PROF_REGION_INIT("mine");
    pthread_t thread;
    void *ret;

    (void)state;
    assert_int_equal(vaccel_prof_region_start(&region), VACCEL_OK);
    assert_int_equal(pthread_create(&thread, NULL, stop_it, &region), 0);
    assert_int_equal(pthread_join(thread, &ret), 0);
    assert_int_equal((intptr_t)ret, VACCEL_EINVAL);
    assert_int_equal(vaccel_prof_region_stop(&region), VACCEL_OK);
    assert_int_equal(vaccel_prof_region_release(&region), VACCEL_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_switched),
        cmocka_unit_test(test_off_nothing_is_done),
        cmocka_unit_test(test_off_a_region_is_made_and_ended_all_the_same),
        cmocka_unit_test_setup_teardown(test_a_passage_is_a_sample, switch_on, switch_off),
        cmocka_unit_test_setup_teardown(test_passages_may_nest, switch_on, switch_off),
        cmocka_unit_test_setup_teardown(test_misuse, switch_on, switch_off),
        cmocka_unit_test_setup_teardown(test_regions_take_names, switch_on, switch_off),
        cmocka_unit_test_setup_teardown(test_a_name_has_its_longest_length, switch_on, switch_off),
        cmocka_unit_test_setup_teardown(test_misuse_of_names, switch_on, switch_off),
        cmocka_unit_test_setup_teardown(test_all_regions_go_into_a_buffer, switch_on, switch_off),
        cmocka_unit_test_setup_teardown(test_text_is_cut_to_fit, switch_on, switch_off),
        cmocka_unit_test_setup_teardown(test_misuse_of_the_buffer, switch_on, switch_off),
        cmocka_unit_test_setup_teardown(test_threads_share_a_region, switch_on, switch_off),
        cmocka_unit_test_setup_teardown(test_a_thread_cannot_stop_another_ones_passage, switch_on,
                                        switch_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
