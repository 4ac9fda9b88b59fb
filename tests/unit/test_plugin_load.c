/* SPDX-License-Identifier: Apache-2.0 */
/* What may be loaded as a plugin, and what is said of the rest. */
#include "captured.h"
#include "with_plugins.h"

#include <setjmp.h>

#include <cmocka.h>

static struct counter *counter;

static int begin(void **state)
{
    (void)state;
    counter = counter_open("counter");
    return library_begin("");
}

static int end(void **state)
{
    (void)state;
    return vaccel_cleanup();
}

static int load(const char *name)
{
    return vaccel_plugin_load(plugin_path(name));
}

static void test_loaded_once_and_unloaded_at_cleanup(void **state)
{
    (void)state;
    assert_int_equal(load("counter"), 0);
    assert_int_equal(counter_calls(counter, COUNTER_INIT), 1);
    assert_int_equal(load("counter"), VACCEL_EEXIST);
    assert_int_equal(counter_calls(counter, COUNTER_INIT), 1);
    assert_int_equal(counter_calls(counter, COUNTER_FINI), 0);
    assert_int_equal(vaccel_cleanup(), 0);
    assert_int_equal(counter_calls(counter, COUNTER_FINI), 1);
    assert_int_equal(library_begin("counter"), 0);
    assert_int_equal(counter_calls(counter, COUNTER_INIT), 2);
}

static void test_two_of_one_name_cannot_be(void **state)
{
    struct counter *second = counter_open("second");

    (void)state;
    second->plugin->info->name = "counter";
    assert_int_equal(load("counter"), 0);
    assert_int_equal(load("second"), VACCEL_EEXIST);
    assert_int_equal(counter_calls(second, COUNTER_INIT), 0);
    assert_int_equal(counter_calls(second, COUNTER_FINI), 0);
}

static void test_short_names_are_found_beside_the_library(void **state)
{
    (void)state;
    assert_int_equal(vaccel_plugin_load("noop"), 0);
    assert_int_equal(vaccel_plugin_load("noop"), VACCEL_EEXIST);
    assert_int_equal(vaccel_plugin_load("libvaccel-nobody.so"), VACCEL_ENOENT);
}

static void test_what_is_not_there(void **state)
{
    const char *said;

    (void)state;
    capture_begin();
    assert_int_equal(vaccel_plugin_load("nobody"), VACCEL_ENOENT);
    said = capture_end();
    assert_non_null(strstr(said, "libvaccel-nobody.so"));
    assert_int_equal(vaccel_plugin_load("/nowhere/libx.so"), VACCEL_ENOENT);
    assert_int_equal(vaccel_plugin_load("/etc/passwd"), VACCEL_ENOENT);
    assert_int_equal(vaccel_plugin_load("/"), VACCEL_ENOENT);
}

static void test_a_library_that_is_no_plugin(void **state)
{
    (void)state;
    assert_int_equal(load("no-plugin"), VACCEL_ELIBBAD);
}

static void test_versions(void **state)
{
    static const struct {
        const char *version;
        int result;
    } cases[] = {
        {NULL, VACCEL_EINVAL},
        {"", VACCEL_EINVAL},
        {"1.8.0", VACCEL_EINVAL},
        {"0.8", VACCEL_EINVAL},
        {"0.8.", VACCEL_EINVAL},
        {"0", VACCEL_EINVAL},
        {"x0.8.0", VACCEL_EINVAL},
        {"-1.0.0", VACCEL_EINVAL},
        {"0.99999999999.0", VACCEL_EINVAL},
        {"v" VACCEL_VERSION, 0},
        {VACCEL_VERSION "-dirty", 0},
        {"0.1.0", 0},
        {"0.99.12", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(library_begin(""), 0);
        counter->plugin->info->vaccel_version = cases[i].version;
        assert_int_equal(load("counter"), cases[i].result);
    }
}

static void test_another_minor_version_is_a_warning(void **state)
{
    struct vaccel_config config = {.log_level = VACCEL_LOG_WARN};
    const char *said;

    (void)state;
    assert_int_equal(vaccel_bootstrap_with_config(&config), 0);
    counter->plugin->info->vaccel_version = "0.1.0";
    capture_begin();
    assert_int_equal(load("counter"), 0);
    said = capture_end();
    assert_non_null(strstr(said, "<warn>"));
    assert_non_null(strstr(said, "0.1.0"));
}

static void test_any_version_if_told_so(void **state)
{
    struct vaccel_config config = {.version_ignore = true, .log_level = VACCEL_LOG_ERROR};

    (void)state;
    config.plugins = (char *)plugin_path("counter");
    counter->plugin->info->vaccel_version = NULL;
    assert_int_equal(vaccel_bootstrap_with_config(&config), 0);
    assert_int_equal(counter_calls(counter, COUNTER_INIT), 1);
    assert_int_equal(vaccel_cleanup(), 0);
    counter->plugin->info->vaccel_version = "7.0.0";
    assert_int_equal(vaccel_bootstrap_with_config(&config), 0);
}

static void test_incomplete_information(void **state)
{
    struct vaccel_plugin_info *info = counter->plugin->info;
    const struct vaccel_plugin_info whole = *info;

    (void)state;
    info->name = NULL;
    assert_int_equal(load("counter"), VACCEL_EINVAL);
    *info = whole;
    info->version = NULL;
    assert_int_equal(load("counter"), VACCEL_EINVAL);
    *info = whole;
    info->init = NULL;
    assert_int_equal(load("counter"), VACCEL_EINVAL);
    *info = whole;
    info->fini = NULL;
    assert_int_equal(load("counter"), VACCEL_EINVAL);
    *info = whole;
    counter->plugin->info = NULL;
    assert_int_equal(load("counter"), VACCEL_EINVAL);
    counter->plugin->info = info;
    assert_int_equal(counter_calls(counter, COUNTER_INIT), 0);
    assert_int_equal(load("counter"), 0);
}

static void test_a_failing_init_leaves_nothing(void **state)
{
    struct vaccel_session sess;

    (void)state;
    counter->results[COUNTER_INIT] = VACCEL_ENODEV;
    assert_int_equal(load("counter"), VACCEL_ENODEV);
    assert_int_equal(counter_calls(counter, COUNTER_FINI), 1);
    assert_int_equal(vaccel_session_init(&sess, 0), VACCEL_ENOTSUP);
    counter->results[COUNTER_INIT] = 0;
    assert_int_equal(load("counter"), 0);
    assert_int_equal(vaccel_session_init(&sess, 0), 0);
    assert_int_equal(vaccel_noop(&sess), 0);
    assert_int_equal(vaccel_session_release(&sess), 0);
}

static void test_a_list_stops_at_its_first_error(void **state)
{
    struct counter *second = counter_open("second");
    char list[2048];

    (void)state;
    snprintf(list, sizeof(list), ":%s::nobody:%s", plugin_path("counter"), plugin_path("second"));
    assert_int_equal(vaccel_plugin_parse_and_load(list), VACCEL_ENOENT);
    assert_int_equal(counter_calls(counter, COUNTER_INIT), 1);
    assert_int_equal(counter_calls(second, COUNTER_INIT), 0);
    assert_int_equal(vaccel_plugin_parse_and_load(":::"), 0);
    snprintf(list, sizeof(list), "%s:noop", plugin_path("second"));
    assert_int_equal(vaccel_plugin_parse_and_load(list), 0);
    assert_int_equal(counter_calls(second, COUNTER_INIT), 1);
}

static void test_names_that_cannot_be(void **state)
{
    static char endless[10000];

    (void)state;
    memset(endless, 'x', sizeof(endless) - 1);
    assert_int_equal(vaccel_plugin_load(NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_plugin_load(""), VACCEL_EINVAL);
    assert_int_equal(vaccel_plugin_load(endless), VACCEL_ENOENT);
    assert_int_equal(vaccel_plugin_parse_and_load(NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_plugin_parse_and_load(""), VACCEL_EINVAL);
    assert_int_equal(vaccel_plugin_parse_and_load(endless), VACCEL_ENAMETOOLONG);
    assert_int_equal(vaccel_cleanup(), 0);
    assert_int_equal(vaccel_plugin_load("noop"), VACCEL_EPERM);
    assert_int_equal(vaccel_plugin_parse_and_load("noop"), VACCEL_EPERM);
}

static int load_more(struct counter *of, enum counter_hook hook, struct vaccel_session *sess,
                     struct vaccel_resource *res)
{
    (void)of, (void)sess, (void)res;
    return hook == COUNTER_OPERATION ? load("second") : 0;
}

static void test_an_operation_may_load_another_plugin(void **state)
{
    struct counter *second = counter_open("second");
    struct vaccel_session sess;

    (void)state;
    counter->hook = load_more;
    assert_int_equal(load("counter"), 0);
    assert_int_equal(vaccel_session_init(&sess, 0), 0);
    assert_int_equal(vaccel_noop(&sess), 0);
    assert_int_equal(counter_calls(second, COUNTER_INIT), 1);
    assert_int_equal(vaccel_session_release(&sess), 0);
}

static int clean_up_in_init(struct counter *of, enum counter_hook hook, struct vaccel_session *sess,
                            struct vaccel_resource *res)
{
    (void)of, (void)sess, (void)res;
    if (hook != COUNTER_INIT)
        return 0;
    assert_int_equal(vaccel_bootstrap(), VACCEL_EBUSY);
    return vaccel_cleanup();
}

/* It would wait for itself. */
static void test_init_cannot_end_the_library(void **state)
{
    (void)state;
    counter->hook = clean_up_in_init;
    assert_int_equal(load("counter"), VACCEL_EBUSY);
    assert_int_equal(library_begin("counter"), VACCEL_EBUSY);
    assert_false(vaccel_is_initialized());
}

static void test_operations_that_cannot_be_registered(void **state)
{
    struct vaccel_op op = {VACCEL_OP_NOOP, (void *)load, counter->plugin};

    (void)state;
    assert_int_equal(vaccel_plugin_register_ops(NULL, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_plugin_register_ops(&op, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_plugin_register_ops(&op, VACCEL_OP_MAX + 1), VACCEL_EINVAL);
    op.type = VACCEL_OP_MAX;
    assert_int_equal(vaccel_plugin_register_op(&op), VACCEL_EINVAL);
    op.type = (vaccel_op_type_t)-1;
    assert_int_equal(vaccel_plugin_register_op(&op), VACCEL_EINVAL);
    op = (struct vaccel_op){VACCEL_OP_NOOP, NULL, counter->plugin};
    assert_int_equal(vaccel_plugin_register_op(&op), VACCEL_EINVAL);
    op = (struct vaccel_op){VACCEL_OP_NOOP, (void *)load, NULL};
    assert_int_equal(vaccel_plugin_register_op(&op), VACCEL_EINVAL);
}

static int named(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                 struct vaccel_arg *write, size_t nr_write)
{
    (void)sess, (void)read, (void)write;
    return (int)(100 + nr_read + nr_write);
}

static void assert_name(const char *name, int expected)
{
    struct vaccel_named_op op = {name, named, counter->plugin};

    assert_int_equal(vaccel_plugin_register_named_ops(&op, 1), expected);
}

static void test_names_that_cannot_be_registered(void **state)
{
    struct vaccel_named_op op = {"a", NULL, counter->plugin};

    (void)state;
    assert_name("a", VACCEL_ENOENT);
    assert_int_equal(load("counter"), 0);
    assert_name(NULL, VACCEL_EINVAL);
    assert_name("", VACCEL_EINVAL);
    assert_name("Upper", VACCEL_EINVAL);
    assert_name("with space", VACCEL_EINVAL);
    assert_name("a/b", VACCEL_EINVAL);
    assert_name("0123456789012345678901234567890123456789012345678901234567890123", VACCEL_EINVAL);
    assert_name("noop", VACCEL_EEXIST);
    assert_name("vision_depth", VACCEL_EEXIST);
    assert_int_equal(vaccel_plugin_register_named_ops(&op, 1), VACCEL_EINVAL);
    op = (struct vaccel_named_op){"a", named, NULL};
    assert_int_equal(vaccel_plugin_register_named_ops(&op, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_plugin_register_named_ops(NULL, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_plugin_register_named_ops(&op, 0), VACCEL_EINVAL);
}

static void test_operations_by_name(void **state)
{
    struct vaccel_named_op ops[] = {{"test.b", named, counter->plugin},
                                    {"012345678901234567890123456789012345678901234567890123456789"
                                     "abc",
                                     named, counter->plugin}};
    struct vaccel_arg arg = {.buf = ops, .size = 1};
    struct vaccel_session sess;

    (void)state;
    counter->named_ops = ops;
    counter->nr_named_ops = 2;
    assert_int_equal(load("counter"), 0);
    assert_int_equal(vaccel_plugin_register_named_ops(ops, 1), VACCEL_EEXIST);
    assert_int_equal(vaccel_session_init(&sess, 0), 0);
    assert_int_equal(vaccel_call(&sess, "test.b", &arg, 1, NULL, 0), 101);
    assert_int_equal(vaccel_call(&sess, ops[1].name, &arg, 1, &arg, 1), 102);
    assert_int_equal(vaccel_call(&sess, "test.a", NULL, 0, NULL, 0), VACCEL_ENOTSUP);
    assert_int_equal(vaccel_session_release(&sess), 0);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_loaded_once_and_unloaded_at_cleanup),
        test(test_two_of_one_name_cannot_be),
        test(test_short_names_are_found_beside_the_library),
        test(test_what_is_not_there),
        test(test_a_library_that_is_no_plugin),
        test(test_versions),
        test(test_another_minor_version_is_a_warning),
        test(test_any_version_if_told_so),
        test(test_incomplete_information),
        test(test_a_failing_init_leaves_nothing),
        test(test_a_list_stops_at_its_first_error),
        test(test_names_that_cannot_be),
        test(test_an_operation_may_load_another_plugin),
        test(test_init_cannot_end_the_library),
        test(test_operations_that_cannot_be_registered),
        test(test_names_that_cannot_be_registered),
        test(test_operations_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
