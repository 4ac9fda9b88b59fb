/* SPDX-License-Identifier: Apache-2.0 */
/* A model is loaded once, whoever loads it, and unloaded once, by whatever ends its last use. */
#include "engine_kit.h"

#include <sched.h>
#include <setjmp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { SESSIONS = 8, ROUNDS = 40 };

static const char *const dogs[] = {"dog", NULL};
static struct test_engine *first, *second;
static struct vaccel_session sess[SESSIONS];
static struct vaccel_resource model;
static struct door load_door = DOOR_CLOSED, run_door = DOOR_CLOSED;

static int begin(void **state)
{
    (void)state;
    first = engine_open(0, dogs);
    second = engine_open(1, dogs);
    door_close(&load_door);
    door_close(&run_door);
    if (library_begin("counter second") ||
        vaccel_resource_init_from_buf(&model, "weights", 7, VACCEL_RESOURCE_MODEL, "m.dog", true))
        return -1;
    for (size_t i = 0; i < SESSIONS; i++)
        if (vaccel_session_init(&sess[i], 0) || vaccel_resource_register(&model, &sess[i]))
            return -1;
    return 0;
}

static int end(void **state)
{
    (void)state;
    return vaccel_cleanup() || unexpected();
}

static void assert_counts(unsigned int loads, unsigned int unloads)
{
    assert_int_equal(count_of(&first->loads), loads);
    assert_int_equal(count_of(&first->unloads), unloads);
}

static int load(size_t i)
{
    return vaccel_model_load(&sess[i], &model, NULL);
}

static int run(size_t i)
{
    char byte = 1, copy = 0;
    struct vaccel_tensor in = {.data_type = VACCEL_DATA_UINT8, .data = &byte, .size = 1};
    struct vaccel_tensor out = {.data = &copy, .size = 1};

    return vaccel_model_run(&sess[i], &model, NULL, &in, 1, &out, 1);
}

static void test_one_load_for_all_sessions(void **state)
{
    (void)state;
    first->run = copy_inputs;
    for (size_t i = 0; i < SESSIONS; i++) {
        assert_int_equal(load(i), 0);
        assert_int_equal(load(i), 0);
        assert_int_equal(run(i), 0);
    }
    assert_counts(1, 0);
    for (size_t i = 0; i < SESSIONS; i++) {
        assert_counts(1, 0);
        assert_int_equal(vaccel_model_unload(&sess[i], &model), 0);
        assert_int_equal(vaccel_model_unload(&sess[i], &model), VACCEL_ENOENT);
        assert_int_equal(run(i), VACCEL_ENOENT);
    }
    assert_counts(1, 1);
    assert_int_equal(load(0), 0);
    assert_counts(2, 1);
}

static void test_whatever_ends_the_last_use_unloads(void **state)
{
    (void)state;
    assert_int_equal(load(0), 0);
    assert_int_equal(load(1), 0);
    assert_int_equal(vaccel_resource_unregister(&model, &sess[0]), 0);
    assert_counts(1, 0);
    assert_int_equal(vaccel_resource_unregister(&model, &sess[1]), 0);
    assert_counts(1, 1);
    assert_int_equal(load(2), 0);
    assert_int_equal(load(3), 0);
    assert_int_equal(vaccel_session_release(&sess[2]), 0);
    assert_counts(2, 1);
    assert_int_equal(vaccel_session_release(&sess[3]), 0);
    assert_counts(2, 2);
    assert_int_equal(load(4), 0);
    assert_int_equal(load(5), 0);
    assert_int_equal(vaccel_resource_release(&model), 0);
    assert_counts(3, 3);
}

static void test_cleanup_unloads(void **state)
{
    (void)state;
    assert_int_equal(load(0), 0);
    assert_int_equal(load(1), 0);
    assert_int_equal(vaccel_cleanup(), 0);
    assert_counts(1, 1);
}

static void test_registering_again_does_not_load(void **state)
{
    (void)state;
    assert_int_equal(load(0), 0);
    assert_int_equal(vaccel_resource_unregister(&model, &sess[0]), 0);
    assert_int_equal(vaccel_resource_register(&model, &sess[0]), 0);
    assert_int_equal(run(0), VACCEL_ENOENT);
    assert_counts(1, 1);
}

static void test_a_load_that_fails_leaves_nothing(void **state)
{
    (void)state;
    first->load_result = VACCEL_EBACKEND;
    assert_int_equal(load(0), VACCEL_EBACKEND);
    assert_int_equal(run(0), VACCEL_ENOENT);
    assert_int_equal(vaccel_model_unload(&sess[0], &model), VACCEL_ENOENT);
    first->load_result = -7;
    assert_int_equal(load(0), VACCEL_EBACKEND);
    first->load_result = 0;
    assert_int_equal(load(0), 0);
    assert_counts(3, 0);
    assert_int_equal(vaccel_model_unload(&sess[0], &model), 0);
    assert_counts(3, 1);
}

static void test_another_engine(void **state)
{
    (void)state;
    assert_int_equal(load(0), 0);
    assert_int_equal(vaccel_model_load(&sess[0], &model, "counter"), 0);
    assert_int_equal(vaccel_model_load(&sess[0], &model, "second"), VACCEL_EBUSY);
    assert_int_equal(second->loads, 0);
    assert_int_equal(vaccel_model_load(&sess[1], &model, "second"), 0);
    assert_int_equal(vaccel_model_load(&sess[1], &model, NULL), 0);
    assert_counts(1, 0);
    assert_int_equal(second->loads, 1);
    assert_int_equal(vaccel_model_unload(&sess[0], &model), 0);
    assert_int_equal(vaccel_model_load(&sess[0], &model, "second"), 0);
    assert_int_equal(second->loads, 1);
    assert_int_equal(vaccel_resource_release(&model), 0);
    assert_counts(1, 1);
    assert_int_equal(second->unloads, 1);
}

static void test_misuse(void **state)
{
    struct vaccel_resource data, other;
    struct vaccel_session none = {0};

    (void)state;
    assert_int_equal(vaccel_model_load(NULL, &model, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_model_load(&sess[0], NULL, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_model_load(&none, &model, NULL), VACCEL_ESESS);
    assert_int_equal(vaccel_model_unload(NULL, &model), VACCEL_EINVAL);
    assert_int_equal(vaccel_model_unload(&sess[0], NULL), VACCEL_EINVAL);
    assert_int_equal(
        vaccel_resource_init_from_buf(&data, "x", 1, VACCEL_RESOURCE_DATA, "m.dog", true), 0);
    assert_int_equal(vaccel_model_load(&sess[0], &data, NULL), VACCEL_EPERM);
    assert_int_equal(vaccel_resource_register(&data, &sess[0]), 0);
    assert_int_equal(vaccel_model_load(&sess[0], &data, NULL), VACCEL_EINVAL);
    assert_int_equal(
        vaccel_resource_init_from_buf(&other, "x", 1, VACCEL_RESOURCE_MODEL, "m.dog", true), 0);
    assert_int_equal(vaccel_model_load(&sess[0], &other, NULL), VACCEL_EPERM);
    assert_int_equal(vaccel_resource_release(&other), 0);
    assert_int_equal(vaccel_model_load(&sess[0], &other, NULL), VACCEL_ESESS);
    assert_int_equal(vaccel_resource_release(&data), 0);
    assert_counts(0, 0);
}

static void load_and_run(size_t number)
{
    expect(!load(number), "loaded, by whomever");
    expect(!run(number), "and can be run");
}

static void test_many_load_at_once(void **state)
{
    (void)state;
    first->run = copy_inputs;
    for (unsigned int i = 1; i <= ROUNDS; i++) {
        together(SESSIONS, load_and_run);
        assert_counts(i, i - 1);
        for (size_t s = 0; s < SESSIONS; s++)
            assert_int_equal(vaccel_model_unload(&sess[s], &model), 0);
        assert_counts(i, i);
    }
    assert_int_equal(unexpected(), 0);
}

static void load_in_one_session(size_t number)
{
    (void)number;
    expect(!load(0), "loaded, by whomever");
}

static void test_many_load_in_one_session(void **state)
{
    (void)state;
    for (unsigned int i = 1; i <= ROUNDS; i++) {
        together(SESSIONS, load_in_one_session);
        assert_counts(i, i - 1);
        assert_int_equal(vaccel_model_unload(&sess[0], &model), 0);
        assert_counts(i, i);
    }
    assert_int_equal(unexpected(), 0);
}

static unsigned int nr_busy, nr_mine;

static void load_with_one_of_two(size_t number)
{
    int ret = vaccel_model_load(&sess[0], &model, number % 2 ? "counter" : "second");

    expect(ret == 0 || ret == VACCEL_EBUSY, "loaded by this engine or the other");
    count_one(ret ? &nr_busy : &nr_mine);
}

static void test_two_engines_at_once(void **state)
{
    (void)state;
    nr_busy = nr_mine = 0;
    for (unsigned int i = 1; i <= ROUNDS; i++) {
        together(SESSIONS, load_with_one_of_two);
        assert_int_equal(nr_busy, i * SESSIONS / 2);
        assert_int_equal(nr_mine, i * SESSIONS / 2);
        assert_int_equal(first->loads + second->loads, first->unloads + second->unloads + 1);
        assert_int_equal(vaccel_model_unload(&sess[0], &model), 0);
    }
    assert_int_equal(first->loads + second->loads, first->unloads + second->unloads);
    assert_int_equal(unexpected(), 0);
}

/* The first load fails once all threads had time to come: each of them fails, or tries itself. */
static void load_or_let_fail(size_t number)
{
    int ret;

    if (number == SESSIONS - 1) {
        while (!count_of(&first->loads))
            sched_yield();
        door_open(&load_door);
    }
    ret = load(number);
    expect(ret == VACCEL_EBACKEND, "it cannot be loaded");
}

static void test_those_who_wait_for_a_load_that_fails(void **state)
{
    (void)state;
    first->in_load = &load_door;
    first->load_result = VACCEL_EBACKEND;
    for (int i = 0; i < ROUNDS; i++) {
        door_close(&load_door);
        first->loads = 0;
        together(SESSIONS, load_or_let_fail);
    }
    first->load_result = 0;
    assert_int_equal(load(0), 0);
    assert_int_equal(first->unloads, 0);
    assert_int_equal(unexpected(), 0);
}

/* The child has the mark of a load, but not the thread that loads. */
static void load_or_fork(size_t number)
{
    pid_t child;
    int status = -1;

    if (!number) {
        expect(!load(0), "loaded");
        return;
    }
    while (!count_of(&first->loads))
        sched_yield();
    child = fork();
    if (!child) {
        alarm(60);
        first->in_load = NULL;
        _exit(load(1) == VACCEL_OK && count_of(&first->loads) == 2 ? 0 : 1);
    }
    expect(waitpid(child, &status, 0) == child && !status, "the child loads it itself");
    door_open(&load_door);
}

static void test_a_fork_during_a_load(void **state)
{
    (void)state;
    first->in_load = &load_door;
    together(2, load_or_fork);
    assert_counts(1, 0);
    assert_int_equal(unexpected(), 0);
}

/* The model is given up in another session's or in its own while it runs. */
static void run_or_unload(size_t number)
{
    if (number < 2) {
        expect(!run(number), "the run ends as it should");
        return;
    }
    while (count_of(&first->nr_in_run) < 2)
        sched_yield();
    expect(!vaccel_model_unload(&sess[0], &model), "unloaded while it runs");
    expect(!vaccel_model_unload(&sess[1], &model), "and in the other session");
    expect(run(0) == VACCEL_ENOENT, "it cannot be run any more");
    expect(!count_of(&first->unloads), "what runs keeps it");
    door_open(&run_door);
}

static void test_unloading_waits_for_runs(void **state)
{
    (void)state;
    first->run = copy_inputs;
    first->in_run = &run_door;
    assert_int_equal(load(0), 0);
    assert_int_equal(load(1), 0);
    together(3, run_or_unload);
    assert_int_equal(unexpected(), 0);
    assert_counts(1, 1);
}

static bool unregistered;

static void run_or_unregister(size_t number)
{
    if (number == 0) {
        expect(!run(0), "the run ends as it should");
        return;
    }
    while (!count_of(&first->nr_in_run))
        sched_yield();
    if (number == 1) {
        expect(!vaccel_resource_unregister(&model, &sess[0]), "unregistered");
        expect(count_of(&first->unloads) == 1, "after the run, and unloaded");
        __atomic_store_n(&unregistered, true, __ATOMIC_SEQ_CST);
        return;
    }
    expect(!count_of(&first->unloads), "it runs");
    expect(!__atomic_load_n(&unregistered, __ATOMIC_SEQ_CST), "who unregisters it waits");
    door_open(&run_door);
}

static void test_unregistering_waits_for_runs(void **state)
{
    (void)state;
    unregistered = false;
    first->run = copy_inputs;
    first->in_run = &run_door;
    assert_int_equal(load(0), 0);
    together(3, run_or_unregister);
    assert_int_equal(unexpected(), 0);
    assert_counts(1, 1);
}

/* All that can happen to a model, in no order. */
static void load_run_and_unload(size_t number)
{
    for (unsigned int i = 0; i < ROUNDS; i++) {
        int ret = load(number);

        expect(!ret, "loaded");
        ret = run(number);
        expect(!ret, "run");
        if ((number + i) % 3 == 0)
            expect(!vaccel_model_unload(&sess[number], &model), "unloaded");
        if ((number + i) % 3 == 1) {
            expect(!vaccel_resource_unregister(&model, &sess[number]), "unregistered");
            expect(!vaccel_resource_register(&model, &sess[number]), "registered again");
        }
    }
    vaccel_model_unload(&sess[number], &model);
}

static void test_loads_runs_and_ends_at_once(void **state)
{
    (void)state;
    first->run = copy_inputs;
    together(SESSIONS, load_run_and_unload);
    assert_int_equal(unexpected(), 0);
    assert_int_equal(first->loads, first->unloads);
    assert_int_equal(first->runs, SESSIONS * ROUNDS);
}

/* An engine may use the library from within. */
static int unload_within(struct vaccel_session *in, const struct vaccel_inference *inference)
{
    int ret = vaccel_model_unload(in, first->model);

    if (vaccel_resource_unregister(first->model, in) == VACCEL_OK)
        abort();
    return ret ? ret : copy_inputs(in, inference);
}

static void test_an_engine_that_unloads_what_it_runs(void **state)
{
    (void)state;
    first->run = unload_within;
    assert_int_equal(load(0), 0);
    assert_int_equal(run(0), 0);
    assert_counts(1, 1);
    assert_int_equal(run(0), VACCEL_ENOENT);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_one_load_for_all_sessions),
        test(test_whatever_ends_the_last_use_unloads),
        test(test_cleanup_unloads),
        test(test_registering_again_does_not_load),
        test(test_a_load_that_fails_leaves_nothing),
        test(test_another_engine),
        test(test_misuse),
        test(test_many_load_at_once),
        test(test_many_load_in_one_session),
        test(test_two_engines_at_once),
        test(test_those_who_wait_for_a_load_that_fails),
        test(test_a_fork_during_a_load),
        test(test_unloading_waits_for_runs),
        test(test_unregistering_waits_for_runs),
        test(test_loads_runs_and_ends_at_once),
        test(test_an_engine_that_unloads_what_it_runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
