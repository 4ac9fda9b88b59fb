/* SPDX-License-Identifier: Apache-2.0 */
/* Errors on a system that counts them differently: these are NetBSD's. */
#include <errno.h>

#undef EAGAIN
#undef EOPNOTSUPP
#undef ENOTSUP
#undef ELOOP
#undef ENAMETOOLONG
#undef EDQUOT
#undef ENOSYS
#define EAGAIN 35
#define EOPNOTSUPP 45
#define ELOOP 62
#define ENAMETOOLONG 63
#define EDQUOT 69
#define ENOSYS 78
#define ENOTSUP 86

#include "../../src/platform/hosted/error_code.c"

#include <setjmp.h>
#include <stdarg.h>
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
