/* SPDX-License-Identifier: Apache-2.0 */
#include "captured.h"
#include "core/log.h"
#include "vaccel/config.h"
#include "vaccel/error.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int clear_environment(void **state)
{
    static const char *const names[] = {"VACCEL_PLUGINS",        "VACCEL_BACKENDS",
                                        "VACCEL_LOG_LEVEL",      "VACCEL_DEBUG_LEVEL",
                                        "VACCEL_LOG_FILE",       "VACCEL_PROFILING_ENABLED",
                                        "VACCEL_VERSION_IGNORE", "VACCEL_IGNORE_VERSION"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        unsetenv(names[i]);
    return 0;
}

static void assert_defaults(const struct vaccel_config *config)
{
    assert_null(config->plugins);
    assert_int_equal(config->log_level, VACCEL_LOG_ERROR);
    assert_null(config->log_file);
    assert_false(config->profiling_enabled);
    assert_false(config->version_ignore);
}

static void test_init_copies_and_release_sets_defaults(void **state)
{
    char plugins[] = "noop:exec";
    struct vaccel_config config;

    (void)state;
    assert_int_equal(vaccel_config_init(&config, plugins, VACCEL_LOG_INFO, "log", true, true), 0);
    plugins[0] = 'X';
    assert_string_equal(config.plugins, "noop:exec");
    assert_int_equal(config.log_level, VACCEL_LOG_INFO);
    assert_string_equal(config.log_file, "log");
    assert_true(config.profiling_enabled);
    assert_true(config.version_ignore);
    assert_int_equal(vaccel_config_release(&config), 0);
    assert_defaults(&config);
    assert_int_equal(vaccel_config_release(&config), 0);
    assert_defaults(&config);
}

static void test_strings_may_be_missing(void **state)
{
    struct vaccel_config config;

    (void)state;
    assert_int_equal(vaccel_config_init(&config, NULL, VACCEL_LOG_ERROR, NULL, false, false), 0);
    assert_defaults(&config);
}

static void test_level_must_exist(void **state)
{
    struct vaccel_config config = {.log_file = (char *)"untouched"};

    (void)state;
    assert_int_equal(vaccel_config_init(&config, "p", VACCEL_LOG_MAX, "f", true, true),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_config_init(&config, "p", (vaccel_log_level_t)-1, "f", true, true),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_config_init(&config, "p", (vaccel_log_level_t)INT_MAX, "f", true, true),
                     VACCEL_EINVAL);
    assert_null(config.plugins);
    assert_string_equal(config.log_file, "untouched");
}

static void test_zeroed_level_means_error(void **state)
{
    struct vaccel_config zeroed = {.plugins = (char *)"noop"};
    struct vaccel_config config;

    (void)state;
    assert_int_equal(vaccel_config_init_from(&config, &zeroed), 0);
    assert_string_equal(config.plugins, "noop");
    assert_ptr_not_equal(config.plugins, zeroed.plugins);
    assert_int_equal(config.log_level, VACCEL_LOG_ERROR);
    vaccel_config_release(&config);
}

static void test_allocated_forms(void **state)
{
    struct vaccel_config *config, *copy;

    (void)state;
    assert_int_equal(vaccel_config_new(&config, "noop", VACCEL_LOG_WARN, NULL, false, true), 0);
    assert_int_equal(vaccel_config_from(&copy, config), 0);
    assert_int_equal(vaccel_config_delete(config), 0);
    assert_string_equal(copy->plugins, "noop");
    assert_int_equal(copy->log_level, VACCEL_LOG_WARN);
    assert_true(copy->version_ignore);
    assert_int_equal(vaccel_config_delete(copy), 0);
}

static void test_null_is_refused(void **state)
{
    struct vaccel_config config = {0};
    struct vaccel_config *pointer = &config;

    (void)state;
    assert_int_equal(vaccel_config_init(NULL, "p", VACCEL_LOG_INFO, NULL, 0, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_config_init_from_env(NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_config_init_from(NULL, &config), VACCEL_EINVAL);
    assert_int_equal(vaccel_config_init_from(&config, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_config_release(NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_config_new(NULL, "p", VACCEL_LOG_INFO, NULL, 0, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_config_from_env(NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_config_from(NULL, &config), VACCEL_EINVAL);
    assert_int_equal(vaccel_config_from(&pointer, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_config_delete(NULL), VACCEL_EINVAL);
    vaccel_config_print_debug(NULL);
    assert_ptr_equal(pointer, &config);
}

static void test_failed_new_leaves_the_pointer_alone(void **state)
{
    struct vaccel_config *config = NULL;

    (void)state;
    assert_int_equal(vaccel_config_new(&config, "p", VACCEL_LOG_MAX, NULL, false, false),
                     VACCEL_EINVAL);
    assert_null(config);
}

static void test_empty_environment_gives_defaults(void **state)
{
    struct vaccel_config config;

    (void)state;
    assert_int_equal(vaccel_config_init_from_env(&config), 0);
    assert_defaults(&config);
    setenv("VACCEL_PLUGINS", "", 1);
    setenv("VACCEL_LOG_LEVEL", "", 1);
    setenv("VACCEL_LOG_FILE", "", 1);
    setenv("VACCEL_PROFILING_ENABLED", "", 1);
    capture_begin();
    assert_int_equal(vaccel_config_init_from_env(&config), 0);
    assert_string_equal(capture_end(), "");
    assert_defaults(&config);
}

static void test_environment_is_read(void **state)
{
    struct vaccel_config *config;

    (void)state;
    setenv("VACCEL_PLUGINS", "a:b", 1);
    setenv("VACCEL_LOG_LEVEL", "4", 1);
    setenv("VACCEL_LOG_FILE", "file", 1);
    setenv("VACCEL_PROFILING_ENABLED", "1", 1);
    setenv("VACCEL_VERSION_IGNORE", "7", 1);
    assert_int_equal(vaccel_config_from_env(&config), 0);
    assert_string_equal(config->plugins, "a:b");
    assert_int_equal(config->log_level, VACCEL_LOG_DEBUG);
    assert_string_equal(config->log_file, "file");
    assert_true(config->profiling_enabled);
    assert_true(config->version_ignore);
    vaccel_config_delete(config);
}

static void test_old_names_are_read_with_a_warning(void **state)
{
    struct vaccel_config config;
    const char *text;

    (void)state;
    setenv("VACCEL_BACKENDS", "old", 1);
    setenv("VACCEL_DEBUG_LEVEL", "3", 1);
    setenv("VACCEL_IGNORE_VERSION", "1", 1);
    capture_begin();
    assert_int_equal(vaccel_config_init_from_env(&config), 0);
    text = capture_end();
    assert_non_null(strstr(text, "VACCEL_BACKENDS is an old name: use VACCEL_PLUGINS\n"));
    assert_non_null(strstr(text, "VACCEL_DEBUG_LEVEL is an old name"));
    assert_non_null(strstr(text, "VACCEL_IGNORE_VERSION is an old name"));
    assert_string_equal(config.plugins, "old");
    assert_int_equal(config.log_level, VACCEL_LOG_INFO);
    assert_true(config.version_ignore);
    vaccel_config_release(&config);
}

static void test_new_names_come_first_without_a_warning(void **state)
{
    struct vaccel_config config;

    (void)state;
    setenv("VACCEL_BACKENDS", "old", 1);
    setenv("VACCEL_PLUGINS", "new", 1);
    setenv("VACCEL_DEBUG_LEVEL", "4", 1);
    setenv("VACCEL_LOG_LEVEL", "2", 1);
    setenv("VACCEL_IGNORE_VERSION", "1", 1);
    setenv("VACCEL_VERSION_IGNORE", "0", 1);
    capture_begin();
    assert_int_equal(vaccel_config_init_from_env(&config), 0);
    assert_string_equal(capture_end(), "");
    assert_string_equal(config.plugins, "new");
    assert_int_equal(config.log_level, VACCEL_LOG_WARN);
    assert_false(config.version_ignore);
    vaccel_config_release(&config);
}

static void assert_level_refused(const char *value)
{
    struct vaccel_config config;

    setenv("VACCEL_LOG_LEVEL", value, 1);
    capture_begin();
    assert_int_equal(vaccel_config_init_from_env(&config), 0);
    assert_non_null(strstr(capture_end(), "VACCEL_LOG_LEVEL is '"));
    assert_int_equal(config.log_level, VACCEL_LOG_ERROR);
}

static void test_bad_numbers_are_reported_and_the_default_used(void **state)
{
    struct vaccel_config config;

    (void)state;
    assert_level_refused("5");
    assert_level_refused("-1");
    assert_level_refused("debug");
    assert_level_refused("3x");
    assert_level_refused("99999999999999999999999");
    unsetenv("VACCEL_LOG_LEVEL");
    setenv("VACCEL_PROFILING_ENABLED", "yes", 1);
    capture_begin();
    assert_int_equal(vaccel_config_init_from_env(&config), 0);
    assert_non_null(strstr(capture_end(), "VACCEL_PROFILING_ENABLED is 'yes'"));
    assert_defaults(&config);
}

static void test_print_goes_to_the_debug_level(void **state)
{
    struct vaccel_config config = {.plugins = (char *)"noop", .log_level = VACCEL_LOG_WARN};
    const char *text;

    (void)state;
    capture_begin();
    vaccel_config_print_debug(&config);
    assert_string_equal(capture_end(), "");
    log_set_level(VACCEL_LOG_DEBUG);
    capture_begin();
    vaccel_config_print_debug(&config);
    text = capture_end();
    log_set_level(VACCEL_LOG_ERROR);
    assert_non_null(strstr(text, "plugins = noop\n"));
    assert_non_null(strstr(text, "log_level = WARN\n"));
    assert_non_null(strstr(text, "log_file = (none)\n"));
}

#define test(function) \
    cmocka_unit_test_setup_teardown(function, clear_environment, clear_environment)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_init_copies_and_release_sets_defaults),
        test(test_strings_may_be_missing),
        test(test_level_must_exist),
        test(test_zeroed_level_means_error),
        test(test_allocated_forms),
        test(test_null_is_refused),
        test(test_failed_new_leaves_the_pointer_alone),
        test(test_empty_environment_gives_defaults),
        test(test_environment_is_read),
        test(test_old_names_are_read_with_a_warning),
        test(test_new_names_come_first_without_a_warning),
        test(test_bad_numbers_are_reported_and_the_default_used),
        test(test_print_goes_to_the_debug_level),
    };

    vaccel_log_shutdown();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
