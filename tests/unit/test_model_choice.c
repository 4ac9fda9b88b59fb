/* SPDX-License-Identifier: Apache-2.0 */
/* Which engine a model gets, and which plugin the calls of the frameworks. */
#include "captured.h"
#include "engine_kit.h"

#include <setjmp.h>

#include <cmocka.h>

static const char *const any[] = {"*", NULL};
static const char *const pets[] = {"cat", "dog", NULL};
static const char *const dogs[] = {"dog", NULL};
static const char *const networks[] = {"tflite", "torchscript", NULL};

static struct vaccel_session sess;
static struct vaccel_resource model;

static int begin(void **state)
{
    (void)state;
    unsetenv("VACCEL_MODEL_ENGINES");
    return 0;
}

static int end(void **state)
{
    (void)state;
    unsetenv("VACCEL_MODEL_ENGINES");
    return vaccel_cleanup();
}

/* The plugins' types are CPU, GPU and FPGA. */
static void begin_library(const char *const *first, const char *const *second,
                          const char *const *third)
{
    engine_open(0, first);
    engine_open(1, second)->counter->plugin->info->type = VACCEL_PLUGIN_GPU;
    engine_open(2, third)->counter->plugin->info->type = VACCEL_PLUGIN_FPGA;
    assert_int_equal(library_begin("counter second third"), 0);
}

static int load(const char *name, uint32_t hint, const char *engine)
{
    int ret;

    assert_int_equal(vaccel_session_init(&sess, hint), 0);
    assert_int_equal(model_begin(&model, name, &sess), 0);
    ret = vaccel_model_load(&sess, &model, engine);
    assert_int_equal(vaccel_session_release(&sess), 0);
    assert_int_equal(vaccel_resource_release(&model), 0);
    return ret;
}

/* A model of this name is loaded by that engine, and by no other. */
static void assert_loads(const char *name, uint32_t hint, const char *engine, size_t expected)
{
    unsigned int before[NR_ENGINES];

    for (size_t i = 0; i < NR_ENGINES; i++)
        before[i] = engines[i].loads;
    assert_int_equal(load(name, hint, engine), 0);
    for (size_t i = 0; i < NR_ENGINES; i++)
        assert_int_equal(engines[i].loads, before[i] + (i == expected));
}

static void test_by_format_then_by_the_order_of_loading(void **state)
{
    (void)state;
    begin_library(dogs, pets, pets);
    assert_loads("m.dog", 0, NULL, 0);
    assert_string_equal(engines[0].format, "dog");
    assert_loads("m.cat", 0, NULL, 1);
    assert_string_equal(engines[1].format, "cat");
}

static void test_who_serves_any_format_is_the_last(void **state)
{
    (void)state;
    begin_library(any, any, dogs);
    assert_loads("m.dog", 0, NULL, 2);
    assert_loads("m.dog", VACCEL_PLUGIN_CPU, NULL, 2);
    setenv("VACCEL_MODEL_ENGINES", "counter", 1);
    assert_loads("m.dog", 0, NULL, 2);
    assert_loads("m.bird", 0, NULL, 0);
    assert_loads("m.bird", VACCEL_PLUGIN_GPU, NULL, 1);
    assert_loads("m.dog", 0, "second", 1);
}

static void test_the_hint_comes_before_the_order(void **state)
{
    (void)state;
    begin_library(dogs, dogs, dogs);
    assert_loads("m.dog", 0, NULL, 0);
    assert_loads("m.dog", VACCEL_PLUGIN_GPU, NULL, 1);
    assert_loads("m.dog", VACCEL_PLUGIN_FPGA, NULL, 2);
    assert_loads("m.dog", VACCEL_PLUGIN_FPGA | VACCEL_PLUGIN_GPU, NULL, 1);
    setenv("VACCEL_MODEL_ENGINES", "third:second", 1);
    assert_loads("m.dog", VACCEL_PLUGIN_GPU, NULL, 1);
    assert_loads("m.dog", VACCEL_PLUGIN_FPGA | VACCEL_PLUGIN_GPU, NULL, 2);
    assert_loads("m.dog", VACCEL_PLUGIN_TORCH, NULL, 2);
}

static void test_the_operators_order(void **state)
{
    static const struct {
        const char *order;
        size_t expected;
    } cases[] = {{"third", 2},
                 {"second:third", 1},
                 {"third:second:counter", 2},
                 {"", 0},
                 {":", 0},
                 {"::third", 2},
                 {"thir", 0},
                 {"thirds:second", 1},
                 {"none:of:these", 0},
                 {"second:", 1},
                 {"third second", 0},
                 {"none:third:counter", 2},
                 {"counter:second", 0},
                 {"second:second:counter", 1}};

    (void)state;
    begin_library(dogs, dogs, dogs);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        setenv("VACCEL_MODEL_ENGINES", cases[i].order, 1);
        assert_loads("m.dog", 0, NULL, cases[i].expected);
    }
    setenv("VACCEL_MODEL_ENGINES", "third", 1);
    begin_library(dogs, pets, pets);
    assert_loads("m.cat", 0, "", 2);
}

static void test_by_name(void **state)
{
    (void)state;
    begin_library(dogs, dogs, pets);
    setenv("VACCEL_MODEL_ENGINES", "second", 1);
    assert_loads("m.dog", VACCEL_PLUGIN_GPU, "counter", 0);
    assert_loads("m.dog", 0, "third", 2);
}

static const char *said_of(const char *name, const char *engine, int expected)
{
    capture_begin();
    assert_int_equal(load(name, 0, engine), expected);
    return capture_end();
}

static void test_what_nobody_serves(void **state)
{
    const char *said;

    (void)state;
    begin_library(dogs, pets, dogs);
    said = said_of("m.bird", NULL, VACCEL_ENOTSUP);
    assert_non_null(strstr(said, "no engine serves models of format bird"));
    assert_non_null(strstr(said, "counter (dog), second (cat, dog), third (dog)"));
    said = said_of("m.cat", "third", VACCEL_ENOTSUP);
    assert_non_null(strstr(said, "third serves models of format cat"));
    said = said_of("m.cat", "fourth", VACCEL_ENOENT);
    assert_non_null(strstr(said, "fourth is no engine of this session"));
    assert_non_null(strstr(said, "second (cat, dog)"));
    assert_int_equal(engines[0].loads + engines[1].loads + engines[2].loads, 0);
}

static void test_a_plugin_without_an_engine(void **state)
{
    (void)state;
    engine_open(0, dogs);
    counter_open("second");
    assert_int_equal(library_begin("second counter"), 0);
    assert_loads("m.dog", 0, NULL, 0);
    assert_int_equal(load("m.dog", 0, "second"), VACCEL_ENOENT);
    counter_open("counter");
    assert_int_equal(library_begin("counter second"), 0);
    assert_int_equal(load("m.dog", 0, NULL), VACCEL_ENOTSUP);
}

/* The list of what is served is cut, and the message still ends. */
static void test_many_formats(void **state)
{
    static const char *many[201];

    (void)state;
    for (size_t i = 0; i < 200; i++)
        many[i] = "a-format-of-some-length";
    begin_library(many, pets, dogs);
    assert_int_equal(load("m.bird", 0, NULL), VACCEL_ENOTSUP);
    assert_loads("m.a-format-of-some-length", 0, NULL, 0);
}

static int twice(struct counter *of, enum counter_hook hook, struct vaccel_session *in,
                 struct vaccel_resource *res)
{
    (void)in, (void)res;
    if (hook == COUNTER_INIT)
        assert_int_equal(vaccel_plugin_register_model_engine(of->engine), VACCEL_EEXIST);
    return 0;
}

static void test_engines_that_cannot_be_registered(void **state)
{
    static const char *const none[] = {NULL};
    struct vaccel_model_engine good, bad;

    (void)state;
    good = engine_open(0, dogs)->engine;
    assert_int_equal(vaccel_plugin_register_model_engine(NULL), VACCEL_EINVAL);
    for (int i = 0; i < 7; i++) {
        bad = good;
        bad.owner = i == 0 ? NULL : good.owner;
        bad.formats = i == 1 ? NULL : i == 2 ? none : good.formats;
        bad.load = i == 3 ? NULL : good.load;
        bad.unload = i == 4 ? NULL : good.unload;
        bad.info = i == 5 ? NULL : good.info;
        bad.run = i == 6 ? NULL : good.run;
        assert_int_equal(vaccel_plugin_register_model_engine(&bad), VACCEL_EINVAL);
    }
    assert_int_equal(vaccel_cleanup(), 0);
    assert_int_equal(vaccel_plugin_register_model_engine(&good), VACCEL_ENOENT);
    engines[0].counter->hook = twice;
    assert_int_equal(library_begin("counter"), 0);
    assert_loads("m.dog", 0, NULL, 0);
}

/* A session that began before the plugin was loaded has it, too. */
static void test_a_plugin_that_is_loaded_later(void **state)
{
    (void)state;
    engine_open(0, dogs);
    engine_open(1, pets);
    assert_int_equal(library_begin("counter"), 0);
    assert_int_equal(vaccel_session_init(&sess, 0), 0);
    assert_int_equal(model_begin(&model, "m.cat", &sess), 0);
    assert_int_equal(vaccel_model_load(&sess, &model, NULL), VACCEL_ENOTSUP);
    assert_int_equal(vaccel_plugin_load(plugin_path("second")), 0);
    assert_int_equal(vaccel_session_release(&sess), 0);
    assert_int_equal(vaccel_resource_release(&model), 0);
    assert_loads("m.cat", 0, NULL, 1);
}

/* The second plugin has functions of its own for a framework; the first and the third have engines. */
static unsigned int own_loads;

static int own_load(struct vaccel_session *in, struct vaccel_resource *res)
{
    (void)in, (void)res;
    own_loads++;
    return VACCEL_OK;
}

static unsigned int classic_loads_of_its_own(uint32_t hint)
{
    unsigned int before = own_loads;

    assert_int_equal(vaccel_session_init(&sess, hint), 0);
    assert_int_equal(model_begin(&model, "m.tflite", &sess), 0);
    assert_int_equal(vaccel_torch_model_load(&sess, &model), 0);
    assert_int_equal(vaccel_tflite_model_load(&sess, &model), 0);
    assert_int_equal(vaccel_session_release(&sess), 0);
    assert_int_equal(vaccel_resource_release(&model), 0);
    return own_loads - before;
}

static void test_classic_calls_go_to_the_first_that_has_them(void **state)
{
    static struct vaccel_op ops[] = {{VACCEL_OP_TORCH_MODEL_LOAD, (void *)own_load, NULL}};

    (void)state;
    for (size_t i = 0; i < NR_ENGINES; i++)
        engine_open(i, networks)->counter->plugin->info->type = VACCEL_PLUGIN_CPU;
    ops[0].owner = engines[1].counter->plugin;
    engines[1].counter->ops = ops;
    engines[1].counter->nr_ops = 1;
    engines[1].counter->plugin->info->type = VACCEL_PLUGIN_GPU;
    assert_int_equal(library_begin("counter second third"), 0);
    assert_int_equal(classic_loads_of_its_own(0), 0);
    assert_int_equal(engines[0].loads, 1);
    assert_int_equal(classic_loads_of_its_own(VACCEL_PLUGIN_GPU), 1);
    assert_int_equal(engines[1].loads, 1); /* TFLite's, by its engine */
    assert_int_equal(library_begin("second counter third"), 0);
    assert_int_equal(classic_loads_of_its_own(0), 1);
    assert_int_equal(vaccel_cleanup(), 0);
    engines[1].counter->engine = NULL;
    assert_int_equal(library_begin("second third"), 0);
    assert_int_equal(classic_loads_of_its_own(0), 1);
    assert_int_equal(engines[2].loads, 1);
}

/* An engine that serves none of a framework's formats is passed over. */
static void test_classic_calls_go_to_engines_that_serve_their_formats(void **state)
{
    struct vaccel_tf_status status = {0};

    (void)state;
    begin_library(dogs, networks, any);
    assert_int_equal(vaccel_session_init(&sess, 0), 0);
    assert_int_equal(model_begin(&model, "m.tflite", &sess), 0);
    assert_int_equal(vaccel_tflite_model_load(&sess, &model), 0);
    assert_int_equal(engines[1].loads, 1);
    assert_int_equal(vaccel_session_release(&sess), 0);
    assert_int_equal(vaccel_resource_release(&model), 0);
    begin_library(dogs, networks, dogs);
    assert_int_equal(vaccel_session_init(&sess, 0), 0);
    assert_int_equal(model_begin(&model, "m.dog", &sess), 0);
    assert_int_equal(vaccel_tf_model_load(&sess, &model, &status), VACCEL_ENOTSUP);
    vaccel_tf_status_release(&status);
    assert_int_equal(vaccel_session_release(&sess), 0);
    assert_int_equal(vaccel_resource_release(&model), 0);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_by_format_then_by_the_order_of_loading),
        test(test_who_serves_any_format_is_the_last),
        test(test_the_hint_comes_before_the_order),
        test(test_the_operators_order),
        test(test_by_name),
        test(test_what_nobody_serves),
        test(test_a_plugin_without_an_engine),
        test(test_many_formats),
        test(test_engines_that_cannot_be_registered),
        test(test_a_plugin_that_is_loaded_later),
        test(test_classic_calls_go_to_the_first_that_has_them),
        test(test_classic_calls_go_to_engines_that_serve_their_formats),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
