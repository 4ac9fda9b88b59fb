/* SPDX-License-Identifier: Apache-2.0 */
/* Errors on a system that counts them differently. */
#include "platform/hosted/error_code.h"
#include "vaccel/error.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_names_count(void **state)
{
    (void)state;
    assert_int_equal(hosted_error_code(EAGAIN), VACCEL_EAGAIN);
    assert_int_equal(hosted_error_code(EOPNOTSUPP), VACCEL_ENOTSUP);
    assert_int_equal(hosted_error_code(ENOTSUP), VACCEL_ENOTSUP);
    assert_int_equal(hosted_error_code(ELOOP), VACCEL_ELOOP);
    assert_int_equal(hosted_error_code(ENAMETOOLONG), VACCEL_ENAMETOOLONG);
    assert_int_equal(hosted_error_code(EDQUOT), VACCEL_ENOSPC);
    assert_int_equal(hosted_error_code(ENOSYS), VACCEL_ENOSYS);
    assert_int_equal(hosted_error_code(ENOENT), VACCEL_ENOENT);
}

/* 95 is ENOTSUP with us, and EMULTIHOP there. */
static void test_numbers_do_not(void **state)
{
    (void)state;
    assert_int_equal(hosted_error_code(VACCEL_ENOTSUP), VACCEL_EIO);
    assert_int_equal(hosted_error_code(VACCEL_ELOOP), VACCEL_EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_count),
        cmocka_unit_test(test_numbers_do_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
