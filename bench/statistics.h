/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_STATISTICS_H
#define BENCH_STATISTICS_H

#include <stddef.h>

struct interval {
    double low;
    double middle;
    double high;
};

/* Of @count values, at least one; they are sorted in place. */
double median(double *values, size_t count);

/*
 * The median and its 95 % confidence interval. The ends are two of the values, whose ranks follow
 * from the binomial distribution: nothing is assumed about how the values are distributed. With
 * fewer than six values there is no such interval, and the ends are the least and the greatest.
 */
struct interval median_interval(double *values, size_t count);

/*
 * The same of a[i] / b[i] and of a[i] - b[i], where a[i] and b[i] were measured one right after the
 * other: what disturbs the machine for longer disturbs both. @scratch has room for @count values.
 */
struct interval paired_ratio(const double *a, const double *b, size_t count, double *scratch);
struct interval paired_difference(const double *a, const double *b, size_t count, double *scratch);

#endif
