/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include "report.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Do @calls of something; 0 or an error. */
typedef int (*repeated)(void *context, size_t calls);

/* Two ways to do the same, to be timed in turns. */
struct contest {
    const char *name;
    const char *unit;
    double unit_ns; /* how many nanoseconds the unit has */
    repeated run;
    const char *yardstick;
    repeated run_yardstick;
    void *context;
    void (*wait)(void *context); /* called before each sample, not timed; may be NULL */
    double work;  /* if not 0, what counts is not a call's time but its rate: @work / nanoseconds */
    size_t calls; /* of one sample */
    size_t samples;
    clockid_t clock;
    enum comparison comparison;
    struct bar bar;
};

/* Before all else. --quick on the command line: do everything a few times, to see that it works. */
void measure_begin(int argc, char **argv);
size_t at_most_if_quick(size_t count, size_t quick_count);

/* Time both, A B B A and so on, and report the time of one call. 0 or an error. */
int contest_hold(const struct contest *contest);

double nanoseconds(clockid_t clock);

/* How many processors this process may use. */
int nr_cores(void);

/* Keep the calling thread on one of them; @which counts from 0. ALL_CORES: it may use any. */
enum { ALL_CORES = -1 };
void stay_on_core(int which);

/*
 * For what runs whole processors busy: with one, the processor time is what counts, as others may
 * use it too; with more, the time that passes.
 */
clockid_t busy_clock(void);

/* Say on the standard error what failed, and with which error. Returns the exit status. */
int failed(const char *what, int error);

#endif
