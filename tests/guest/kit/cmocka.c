/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka.h"

#include "setjmp.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static jmp_buf out_of_case;

_Noreturn void cmocka_fail(const char *file, int line, const char *format, ...)
{
    va_list args;

    printf("# %s:%d: ", file, line);
    va_start(args, format);
    vfprintf(stdout, format, args);
    va_end(args);
    printf("\n");
    longjmp(out_of_case, 1);
}

void cmocka_equal(unsigned long left, unsigned long right, const char *file, int line)
{
    if (left != right)
        cmocka_fail(file, line, "%ld (0x%lx) is not %ld (0x%lx)", (long)left, left, (long)right,
                    right);
}

void cmocka_same_text(const char *left, const char *right, const char *file, int line)
{
    if (strcmp(left, right) != 0)
        cmocka_fail(file, line, "'%s' is not '%s'", left, right);
}

void cmocka_same_bytes(const void *left, const void *right, size_t size, const char *file, int line)
{
    const unsigned char *a = left, *b = right;

    for (size_t i = 0; i < size; i++)
        if (a[i] != b[i])
            cmocka_fail(file, line, "byte %zu of %zu: 0x%02x is not 0x%02x", i, size, a[i], b[i]);
}

void cmocka_true(_Bool holds, const char *what, const char *file, int line)
{
    if (!holds)
        cmocka_fail(file, line, "not so: %s", what);
}

/* A case that failed is torn down as well. */
static bool passes(const struct CMUnitTest *test)
{
    void *state = NULL;
    volatile bool passed = false;

    if (setjmp(out_of_case) == 0) {
        if (test->setup(&state) != 0)
            cmocka_fail(test->name, 0, "its setup failed");
        test->test(&state);
        passed = true;
    }
    if (test->teardown(&state) == 0)
        return passed;
    printf("# %s: its teardown failed\n", test->name);
    return false;
}

int cmocka_run_group(const char *name, const struct CMUnitTest *tests, size_t count)
{
    int failed = 0;

    printf("# %s\n1..%zu\n", name, count);
    for (size_t i = 0; i < count; i++) {
        bool passed = passes(&tests[i]);

        printf("%sok %zu - %s\n", passed ? "" : "not ", i + 1, tests[i].name);
        failed += !passed;
    }
    return failed;
}
