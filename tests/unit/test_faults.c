/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin that says it can do nothing more is left alone; others, and what ends things, go on. */
#include "captured.h"
#include "engine_kit.h"

#include <setjmp.h>

#include <cmocka.h>

static const char *const dogs[] = {"dog", NULL};
static struct test_engine *first, *second;
static struct vaccel_session sess;
static struct vaccel_resource model;

static int begin(void **state)
{
    (void)state;
    first = engine_open(0, dogs);
    second = engine_open(1, dogs);
    first->run = copy_inputs;
    second->run = copy_inputs;
    return library_begin("counter second") || vaccel_session_init(&sess, 0) ||
           model_begin(&model, "m.dog", &sess);
}

static int end(void **state)
{
    (void)state;
    return vaccel_cleanup();
}

static int load(const char *engine)
{
    return vaccel_model_load(&sess, &model, engine);
}

static int run(void)
{
    char byte = 1, copy = 0;
    struct vaccel_tensor in = {.data_type = VACCEL_DATA_UINT8, .data = &byte, .size = 1};
    struct vaccel_tensor out = {.data = &copy, .size = 1};

    return vaccel_model_run(&sess, &model, NULL, &in, 1, &out, 1);
}

/* All that follows is in a process where a plugin had a fault: this is the first test. */
static void test_all_is_well_at_first(void **state)
{
    (void)state;
    assert_null(vaccel_plugin_fault_said());
    vaccel_plugin_fault(NULL, "nobody's");
    vaccel_plugin_fault(first->counter->plugin, NULL);
    assert_null(vaccel_plugin_fault_said());
    assert_int_equal(load(NULL), 0);
    assert_int_equal(run(), 0);
}

static int run_into_fault(struct vaccel_session *in, const struct vaccel_inference *inference)
{
    (void)in, (void)inference;
    vaccel_plugin_fault(first->counter->plugin, "the GPU fell off");
    vaccel_plugin_fault(first->counter->plugin, "and so did the second");
    return VACCEL_EIO;
}

static void test_its_engine_is_called_no_more(void **state)
{
    int ret;

    (void)state;
    first->run = run_into_fault;
    assert_int_equal(load("counter"), 0);
    assert_int_equal(run(), VACCEL_EIO);
    assert_string_equal(vaccel_plugin_fault_said(), "plugin counter: the GPU fell off");
    capture_begin();
    ret = run();
    assert_non_null(strstr(capture_end(), "the GPU fell off"));
    assert_int_equal(ret, VACCEL_EBACKEND);
    assert_int_equal(count_of(&first->runs), 1);
    assert_int_equal(vaccel_model_unload(&sess, &model), 0);
    assert_int_equal(count_of(&first->unloads), 1);
    assert_int_equal(load("counter"), VACCEL_EBACKEND);
    assert_int_equal(count_of(&first->loads), 1);
}

static void test_other_engines_go_on(void **state)
{
    (void)state;
    vaccel_plugin_fault(first->counter->plugin, "the GPU fell off");
    assert_int_equal(load("second"), 0);
    assert_int_equal(run(), 0);
}

static void test_its_functions_are_called_no_more(void **state)
{
    (void)state;
    assert_int_equal(vaccel_noop(&sess), 0);
    vaccel_plugin_fault(first->counter->plugin, "the GPU fell off");
    assert_int_equal(vaccel_noop(&sess), VACCEL_EBACKEND);
}

static void test_a_long_reason_is_cut(void **state)
{
    char reason[1000];

    (void)state;
    memset(reason, 'x', sizeof(reason) - 1);
    reason[sizeof(reason) - 1] = '\0';
    vaccel_plugin_fault(first->counter->plugin, reason);
    assert_int_equal(load("counter"), VACCEL_EBACKEND);
    assert_int_equal(load("second"), 0);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_all_is_well_at_first), test(test_its_engine_is_called_no_more),
        test(test_other_engines_go_on),  test(test_its_functions_are_called_no_more),
        test(test_a_long_reason_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
