/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include <stdio.h>

static void report_bar(const struct bar *bar)
{
    if (bar->on)
        printf("{\"on\": \"%s\", \"is\": \"%s\", \"limit\": %.6g}", bar->on, bar->is, bar->limit);
    else
        printf("null");
}

void report(const struct line *line)
{
    printf("{\"name\": \"%s\", \"value\": %.6g, \"unit\": \"%s\", ", line->name, line->value,
           line->unit);
    printf("\"yardstick\": \"%s\", \"yardstick_value\": %.6g, ", line->yardstick,
           line->yardstick_value);
    printf("\"comparison\": \"%s\", \"compared\": %.6g, \"low\": %.6g, \"high\": %.6g, ",
           line->comparison == RATIO ? "ratio" : "difference", line->compared.middle,
           line->compared.low, line->compared.high);
    printf("\"samples\": %zu, \"bar\": ", line->samples);
    report_bar(&line->bar);
    printf("}\n");
    fflush(stdout);
}
