/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "statistics.h"

enum comparison { RATIO, DIFFERENCE };

/* What a line is judged by; nothing if @on is NULL. */
struct bar {
    const char *on; /* "value", "compared" or "low", the lower end of what is compared */
    const char *is; /* "at most" or "at least" */
    double limit;
};

/* One line of the table. */
struct line {
    const char *name;
    const char *unit;
    double value;
    const char *yardstick;
    double yardstick_value;
    enum comparison comparison; /* of value and yardstick's value */
    struct interval compared;
    struct bar bar;
    size_t samples;
};

/* Write it to the standard output, as one line of JSON. */
void report(const struct line *line);

#endif
