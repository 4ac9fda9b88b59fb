/* SPDX-License-Identifier: Apache-2.0 */
#include "measure.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool quick;
static cpu_set_t allowed; /* before any thread was told to stay on one */

void measure_begin(int argc, char **argv)
{
    sched_getaffinity(0, sizeof(allowed), &allowed);
    quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
}

size_t at_most_if_quick(size_t count, size_t quick_count)
{
    return quick && count > quick_count ? quick_count : count;
}

double nanoseconds(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int time_one(const struct contest *contest, repeated run, size_t calls, double *per_call)
{
    double start;
    int ret;

    if (contest->wait)
        contest->wait(contest->context);
    start = nanoseconds(contest->clock);
    ret = run(contest->context, calls);
    *per_call = (nanoseconds(contest->clock) - start) / (double)calls;
    return ret;
}

/* Who comes first changes from pair to pair, so that coming first is no advantage. */
static int time_pair(const struct contest *contest, bool first, size_t calls, double *value,
                     double *yardstick)
{
    int ret = 0;

    if (first)
        ret |= time_one(contest, contest->run, calls, value);
    ret |= time_one(contest, contest->run_yardstick, calls, yardstick);
    if (!first)
        ret |= time_one(contest, contest->run, calls, value);
    return ret;
}

static void report_contest(const struct contest *contest, double *values, double *yardsticks,
                           double *scratch, size_t samples)
{
    struct line line = {
        .name = contest->name,
        .unit = contest->unit,
        .yardstick = contest->yardstick,
        .comparison = contest->comparison,
        .bar = contest->bar,
        .samples = samples,
    };

    if (contest->comparison == RATIO)
        line.compared = paired_ratio(values, yardsticks, samples, scratch);
    else
        line.compared = paired_difference(values, yardsticks, samples, scratch);
    line.value = median(values, samples);
    line.yardstick_value = median(yardsticks, samples);
    report(&line);
}

static double in_unit(const struct contest *contest, double per_call)
{
    return contest->work != 0 ? contest->work / per_call : per_call / contest->unit_ns;
}

int contest_hold(const struct contest *contest)
{
    size_t samples = at_most_if_quick(contest->samples, 3);
    size_t calls = at_most_if_quick(contest->calls, 10);
    double *values = calloc(samples * 3, sizeof(*values));
    double *yardsticks = values + samples;
    double *scratch = yardsticks + samples;
    int ret = ENOMEM;
    size_t i;

    if (!values)
        return ret;
    /* Once for nothing: the first time finds cold caches, and libraries load what they need. */
    ret = time_pair(contest, true, calls, values, yardsticks);
    for (i = 0; i < samples && ret == 0; i++) {
        ret = time_pair(contest, i % 2, calls, &values[i], &yardsticks[i]);
        values[i] = in_unit(contest, values[i]);
        yardsticks[i] = in_unit(contest, yardsticks[i]);
    }
    if (ret == 0)
        report_contest(contest, values, yardsticks, scratch, samples);
    free(values);
    return ret;
}

int nr_cores(void)
{
    return CPU_COUNT(&allowed);
}

void stay_on_core(int which)
{
    cpu_set_t wanted;
    int nr = 0;
    int cpu;

    CPU_ZERO(&wanted);
    for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &allowed) && (which == ALL_CORES || nr++ == which))
            CPU_SET(cpu, &wanted);
    sched_setaffinity(0, sizeof(wanted), &wanted);
}

clockid_t busy_clock(void)
{
    return nr_cores() == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC;
}

int failed(const char *what, int error)
{
    fprintf(stderr, "%s: %s\n", what, strerror(error));
    return EXIT_FAILURE;
}
