/* SPDX-License-Identifier: Apache-2.0 */
#include "statistics.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *one, const void *other)
{
    double a = *(const double *)one;
    double b = *(const double *)other;

    return (a > b) - (a < b);
}

static double middle_of_sorted(const double *values, size_t count)
{
    size_t half = count / 2;

    return count % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double median(double *values, size_t count)
{
    qsort(values, count, sizeof(*values), compare);
    return middle_of_sorted(values, count);
}

struct interval median_interval(double *values, size_t count)
{
    /* Of the number of values below the true median: mean count / 2, deviation sqrt(count) / 2. */
    double half_width = 1.96 * sqrt((double)count) / 2;
    double low = floor((double)count / 2 - half_width) - 1;
    double high = ceil((double)count / 2 + half_width);
    double last = (double)count - 1;

    qsort(values, count, sizeof(*values), compare);
    return (struct interval){
        .low = values[low > 0 ? (size_t)low : 0],
        .middle = middle_of_sorted(values, count),
        .high = values[(size_t)(high < last ? high : last)],
    };
}

struct interval paired_ratio(const double *a, const double *b, size_t count, double *scratch)
{
    size_t i;

    for (i = 0; i < count; i++)
        scratch[i] = a[i] / b[i];
    return median_interval(scratch, count);
}

struct interval paired_difference(const double *a, const double *b, size_t count, double *scratch)
{
    size_t i;

    for (i = 0; i < count; i++)
        scratch[i] = a[i] - b[i];
    return median_interval(scratch, count);
}
