/* SPDX-License-Identifier: Apache-2.0 */
#include "vaccel.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* minmax is an old operation. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

enum { M = 5, N = 7, K = 3, LDA = K + 2, LDB = N + 1, LDC = N + 4 };

static struct vaccel_session sess;

static int begin(void **state)
{
    (void)state;
    return vaccel_session_init(&sess, 0);
}

static int end(void **state)
{
    (void)state;
    return vaccel_session_release(&sess);
}

/* Small integers, so that every order of summing gives the same. */
static void fill(float *values, int count, int step)
{
    int i;

    for (i = 0; i < count; i++)
        values[i] = (float)(i * step % 11 - 5);
}

static float expected(const float *a, const float *b, int row, int column)
{
    float sum = 0.0F;
    int i;

    for (i = 0; i < K; i++)
        sum += a[row * LDA + i] * b[i * LDB + column];
    return sum;
}

static void sgemm_obeys_leading_dimensions_and_factors(void **state)
{
    float a[M * LDA];
    float b[K * LDB];
    float c[M * LDC];
    float before[M * LDC];
    int row;
    int column;
    float wanted;

    (void)state;
    fill(a, M * LDA, 3);
    fill(b, K * LDB, 5);
    fill(c, M * LDC, 7);
    memcpy(before, c, sizeof(c));
    assert_int_equal(vaccel_sgemm(&sess, M, N, K, 2.0F, a, LDA, b, LDB, 3.0F, c, LDC), VACCEL_OK);
    for (row = 0; row < M; row++) {
        for (column = 0; column < LDC; column++) {
            wanted = before[row * LDC + column];
            if (column < N)
                wanted = 2.0F * expected(a, b, row, column) + 3.0F * wanted;
            assert_true(c[row * LDC + column] == wanted);
        }
    }
}

static void without_beta_what_was_in_c_does_not_matter(void **state)
{
    float a[M * LDA];
    float b[K * LDB];
    float c[M * LDC];
    int i;

    (void)state;
    fill(a, M * LDA, 3);
    fill(b, K * LDB, 5);
    for (i = 0; i < M * LDC; i++)
        c[i] = NAN;
    assert_int_equal(vaccel_sgemm(&sess, M, N, K, 1.0F, a, LDA, b, LDB, 0.0F, c, LDC), VACCEL_OK);
    for (i = 0; i < M * N; i++)
        assert_true(c[i / N * LDC + i % N] == expected(a, b, i / N, i % N));
    assert_true(isnan(c[N]));
}

static void large_products_do_not_read_c_either(void **state)
{
    enum { SIDE = 200 };
    float *ones = malloc(SIDE * SIDE * sizeof(float));
    float *c = malloc(SIDE * SIDE * sizeof(float));
    int i;

    (void)state;
    assert_true(ones && c);
    for (i = 0; i < SIDE * SIDE; i++) {
        ones[i] = 1.0F;
        c[i] = NAN;
    }
    assert_int_equal(
        vaccel_sgemm(&sess, SIDE, SIDE, SIDE, 1.0F, ones, SIDE, ones, SIDE, 0.0F, c, SIDE),
        VACCEL_OK);
    for (i = 0; i < SIDE * SIDE; i++)
        assert_true(c[i] == SIDE);
    free(ones);
    free(c);
}

static void an_empty_sum_leaves_c_times_beta(void **state)
{
    float a[1] = {0};
    float c[4] = {1, 2, 3, 4};

    (void)state;
    assert_int_equal(vaccel_sgemm(&sess, 2, 2, 0, 1.0F, a, 1, a, 2, 2.0F, c, 2), VACCEL_OK);
    assert_true(c[0] == 2.0F && c[3] == 8.0F);
}

static void what_cblas_cannot_count_is_refused(void **state)
{
    float one = 1.0F;
    float c = 5.0F;

    (void)state;
    assert_int_equal(
        vaccel_sgemm(&sess, 1, 1, 1, 1.0F, &one, (int64_t)INT_MAX + 1, &one, 1, 0.0F, &c, 1),
        VACCEL_EINVAL);
    assert_true(c == 5.0F);
}

static void minmax_keeps_what_lies_between_the_thresholds(void **state)
{
    double in[] = {5.0, -3.0, 10.0, 7.0, 10.5};
    double out[5];
    double wanted[] = {5.0, 10.0, 7.0, 0.0, 0.0};
    double min;
    double max;

    (void)state;
    assert_int_equal(vaccel_minmax(&sess, in, 5, 5, 10, out, &min, &max), VACCEL_OK);
    assert_memory_equal(out, wanted, sizeof(wanted));
    assert_true(min == -3.0 && max == 10.5);
}

static void minmax_ignores_what_is_no_number(void **state)
{
    double in[] = {NAN, 2.0, 1.0};
    double out[3];
    double min;
    double max;

    (void)state;
    assert_int_equal(vaccel_minmax(&sess, in, 3, 0, 10, out, &min, &max), VACCEL_OK);
    assert_true(out[0] == 2.0 && out[1] == 1.0 && out[2] == 0.0);
    assert_true(min == 1.0 && max == 2.0);
    assert_int_equal(vaccel_minmax(&sess, in, 1, 0, 10, out, &min, &max), VACCEL_OK);
    assert_true(isnan(min) && isnan(max));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sgemm_obeys_leading_dimensions_and_factors),
        cmocka_unit_test(without_beta_what_was_in_c_does_not_matter),
        cmocka_unit_test(large_products_do_not_read_c_either),
        cmocka_unit_test(an_empty_sum_leaves_c_times_beta),
        cmocka_unit_test(what_cblas_cannot_count_is_refused),
        cmocka_unit_test(minmax_keeps_what_lies_between_the_thresholds),
        cmocka_unit_test(minmax_ignores_what_is_no_number),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
