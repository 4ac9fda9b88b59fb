/* SPDX-License-Identifier: Apache-2.0 */
/* What the library writes to files of its own, where it can. */
#include "kit.h"

/* It has the extension that a framework looks at. */
static void test_memory_that_becomes_a_file(void **state)
{
    static struct vaccel_resource res;

    (void)state;
    assert_int_equal(
        vaccel_resource_init_from_buf(&res, "abc", 3, VACCEL_RESOURCE_LIB, "code.so", false), 0);
    compare_resource(&res);
    assert_int_equal(
        vaccel_resource_init_from_buf(&res, "abc", 3, VACCEL_RESOURCE_LIB, NULL, false), 0);
    compare_resource(&res);
}

int written_cases(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_memory_that_becomes_a_file, kit_begin, kit_end),
    };

    return cmocka_run_group_tests_name("written", tests, NULL, NULL);
}
