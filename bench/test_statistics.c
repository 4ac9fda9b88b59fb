/* SPDX-License-Identifier: Apache-2.0 */
#include "statistics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { MOST = 400 };

static void fill_with_ranks(double *values, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        values[i] = (double)((i * 7 + 3) % count);
}

static void median_of_odd_and_even_counts(void **state)
{
    double odd[] = {3, 1, 2};
    double even[] = {4, 1, 3, 2};
    double one[] = {5};

    (void)state;
    assert_true(median(odd, 3) == 2);
    assert_true(median(even, 4) == 2.5);
    assert_true(median(one, 1) == 5);
}

static void few_values_give_their_whole_range(void **state)
{
    double values[] = {5, 1, 3, 2, 4};
    struct interval interval = median_interval(values, 5);

    (void)state;
    assert_true(interval.low == 1);
    assert_true(interval.middle == 3);
    assert_true(interval.high == 5);
}

/*
 * The chance that the true median lies between the values of these ranks (from 0): the number of
 * values below it is binomial with a chance of one half.
 */
static double coverage(size_t count, size_t low, size_t high)
{
    double chance = 0;
    size_t k;

    for (k = low + 1; k <= high; k++)
        chance += exp(lgamma((double)count + 1) - lgamma((double)k + 1) -
                      lgamma((double)(count - k) + 1) - (double)count * log(2));
    return chance;
}

static void interval_covers_the_median_in_95_of_100_cases(void **state)
{
    double values[MOST];
    struct interval interval;
    double chance;
    size_t count;

    (void)state;
    for (count = 6; count <= MOST; count++) {
        if (count % 7 == 0)
            continue; /* the ranks would not be all different */
        fill_with_ranks(values, count);
        interval = median_interval(values, count);
        chance = coverage(count, (size_t)interval.low, (size_t)interval.high);
        assert_true(chance >= 0.95);
        assert_true(chance < 0.99 || count < 20);
    }
}

static void pairs_are_compared_one_by_one(void **state)
{
    double a[] = {2, 20, 200, 2000, 20000, 200000, 2000000};
    double b[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    double scratch[7];
    struct interval ratio = paired_ratio(a, b, 7, scratch);
    struct interval difference = paired_difference(a, b, 7, scratch);

    (void)state;
    assert_true(ratio.low == 2);
    assert_true(ratio.high == 2);
    assert_true(difference.middle == 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(median_of_odd_and_even_counts),
        cmocka_unit_test(few_values_give_their_whole_range),
        cmocka_unit_test(interval_covers_the_median_in_95_of_100_cases),
        cmocka_unit_test(pairs_are_compared_one_by_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
