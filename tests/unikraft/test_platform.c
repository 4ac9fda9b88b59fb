/* SPDX-License-Identifier: Apache-2.0 */
/* What the library gets of Unikraft beside threads, files and devices. */
#include "platform/platform.h"

#include "machine.h"
#include "vaccel.h"

#include "../unit/captured.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { SIZE = 100, ALIGNMENT = 64 };

static void assert_set(const char *name, const char *value)
{
    const char *found = platform_environment(name);

    assert_non_null(found);
    assert_string_equal(found, value);
}

static void test_what_is_set_without_an_environment(void **state)
{
    (void)state;
    unsetenv("VACCEL_PLUGINS");
    unsetenv("VACCEL_RPC_ADDRESS");
    assert_set("VACCEL_PLUGINS", "rpc");
    assert_null(platform_environment("VACCEL_RPC_ADDRESS"));
    assert_null(platform_environment("VACCEL_LOG_LEVEL_"));
}

static void test_the_environment(void **state)
{
    (void)state;
    setenv("VACCEL_PLUGINS", "none", 1);
#if CONFIG_LIBPOSIX_ENVIRON
    assert_set("VACCEL_PLUGINS", "none");
#else
    assert_set("VACCEL_PLUGINS", "rpc");
#endif
    unsetenv("VACCEL_PLUGINS");
}

static void test_memory(void **state)
{
    size_t blocks = heap_blocks();
    unsigned char *data = platform_alloc_zeroed(SIZE);
    size_t i;

    (void)state;
    for (i = 0; i < SIZE; i++)
        assert_int_equal(data[i], 0);
    memset(data, 5, SIZE);
    data = platform_realloc(data, SIZE * SIZE);
    assert_int_equal(data[SIZE - 1], 5);
    platform_free(data);
    for (i = 1; i < SIZE; i++) {
        data = platform_alloc_shared(i);
        assert_int_equal((uintptr_t)data % ALIGNMENT, 0);
        platform_free_shared(data);
    }
    platform_free(NULL);
    platform_free_shared(NULL);
    assert_int_equal(heap_blocks(), blocks);
    heap_fail_at(1);
    assert_null(platform_alloc_shared(SIZE));
    assert_null(platform_alloc_shared(SIZE_MAX));
    assert_null(platform_alloc(SIZE_MAX));
}

static void test_random_bytes(void **state)
{
    unsigned char first[SIZE];
    unsigned char second[SIZE];

    (void)state;
    memset(first, 0, SIZE);
    memset(second, 0, SIZE);
    platform_random(first, SIZE - 1);
    platform_random(second, SIZE - 1);
    assert_memory_not_equal(first, second, SIZE - 1);
    assert_int_equal(first[SIZE - 1], 0);
}

static void test_the_log(void **state)
{
    (void)state;
    capture_begin();
    platform_log(VACCEL_LOG_ERROR, "one");
    platform_log(VACCEL_LOG_WARN, "two");
    platform_log(VACCEL_LOG_INFO, "three");
    platform_log(VACCEL_LOG_DEBUG, "four");
    assert_string_equal(capture_end(), "<error> one\n<warn> two\n<info> three\n<debug> four\n");
    assert_int_equal(platform_log_open(NULL), VACCEL_OK);
    assert_int_equal(platform_log_open(""), VACCEL_OK);
    assert_int_equal(platform_log_open("file"), VACCEL_ENOTSUP);
}

/* Before main(), with the plugin that is linked in; no other can be had. */
static void test_the_library_has_begun(void **state)
{
    (void)state;
    assert_true(vaccel_is_initialized());
    capture_begin();
    assert_int_equal(vaccel_plugin_load("noop"), VACCEL_ENOTSUP);
    assert_non_null(strstr(capture_end(), "noop"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_library_has_begun),
        cmocka_unit_test(test_what_is_set_without_an_environment),
        cmocka_unit_test(test_the_environment),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_random_bytes),
        cmocka_unit_test(test_the_log),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
