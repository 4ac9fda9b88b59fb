/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_CMOCKA_H
#define GUEST_CMOCKA_H

/* As much of cmocka as cases that run in a guest use. Results are TAP, on the console. */

#include <stddef.h>

struct CMUnitTest {
    const char *name;
    void (*test)(void **state);
    int (*setup)(void **state);
    int (*teardown)(void **state);
};

#define cmocka_unit_test_setup_teardown(test, setup, teardown) \
    { \
#test, test, setup, teardown \
    }
#define cmocka_run_group_tests_name(name, tests, setup, teardown) \
    cmocka_run_group(name, tests, sizeof(tests) / sizeof((tests)[0]))

/* Returns how many failed. */
int cmocka_run_group(const char *name, const struct CMUnitTest *tests, size_t count);

/* These end the case that runs. */
void cmocka_equal(unsigned long left, unsigned long right, const char *file, int line);
void cmocka_same_text(const char *left, const char *right, const char *file, int line);
void cmocka_same_bytes(const void *left, const void *right, size_t size, const char *file,
                       int line);
void cmocka_true(_Bool holds, const char *what, const char *file, int line);
_Noreturn void cmocka_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define assert_int_equal(left, right) \
    cmocka_equal((unsigned long)(left), (unsigned long)(right), __FILE__, __LINE__)
#define assert_string_equal(left, right) cmocka_same_text(left, right, __FILE__, __LINE__)
#define assert_memory_equal(left, right, size) \
    cmocka_same_bytes(left, right, size, __FILE__, __LINE__)
#define assert_true(condition) cmocka_true(!!(condition), #condition, __FILE__, __LINE__)
#define assert_false(condition) cmocka_true(!(condition), "not " #condition, __FILE__, __LINE__)
#define assert_non_null(pointer) cmocka_true((pointer) != NULL, #pointer, __FILE__, __LINE__)
#define assert_null(pointer) cmocka_true((pointer) == NULL, "no " #pointer, __FILE__, __LINE__)
#define fail_msg(...) cmocka_fail(__FILE__, __LINE__, __VA_ARGS__)

#endif
