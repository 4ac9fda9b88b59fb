/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many more calls two threads on two processors make than one.
 *
 * Phases of one and of two threads take turns. A phase is a few short windows, each of which begins
 * when all its threads are there, spinning: on a machine that others use too, most windows are then
 * free of them, and the median of a phase is of one. While one thread calls, the other one sleeps.
 */
#include "measure.h"
#include "operations.h"
#include "vaccel.h"

enum { CALLS = 10000, WINDOWS = 15, PHASES = 201, CACHE_LINE = 64 };

struct member {
    struct vaccel_session *sess;
    double start[WINDOWS];
    double end[WINDOWS];
    int error;
};

struct team {
    repeated run;
    struct member members[2];
    size_t windows;
    size_t phases;
    _Alignas(CACHE_LINE) atomic_size_t arrived; /* at windows of two threads, in all */
    pthread_barrier_t phase;
};

static void meet(struct team *team, size_t window)
{
    atomic_fetch_add(&team->arrived, 1);
    while (atomic_load(&team->arrived) < 2 * (window + 1))
        ;
}

static void run_window(const struct team *team, struct member *member, size_t window)
{
    member->start[window] = nanoseconds(CLOCK_MONOTONIC);
    member->error |= team->run(member->sess, at_most_if_quick(CALLS, 10));
    member->end[window] = nanoseconds(CLOCK_MONOTONIC);
}

static void run_phase_of_two(struct team *team, struct member *member)
{
    size_t i;

    pthread_barrier_wait(&team->phase);
    for (i = 0; i < team->windows; i++) {
        meet(team, i);
        run_window(team, member, i);
    }
    if (pthread_barrier_wait(&team->phase) == PTHREAD_BARRIER_SERIAL_THREAD)
        atomic_store(&team->arrived, 0);
}

static void *second_thread(void *context)
{
    struct team *team = context;
    size_t i;

    stay_on_core(1);
    for (i = 0; i < team->phases; i++)
        run_phase_of_two(team, &team->members[1]);
    return NULL;
}

/* Millions of calls a second, in the window that is the median of the phase. */
static double rate(const struct team *team, int threads)
{
    double rates[WINDOWS];
    double start, end;
    size_t i;

    for (i = 0; i < team->windows; i++) {
        start = team->members[0].start[i];
        end = team->members[0].end[i];
        if (threads == 2) {
            start = team->members[1].start[i] < start ? team->members[1].start[i] : start;
            end = team->members[1].end[i] > end ? team->members[1].end[i] : end;
        }
        rates[i] = (double)at_most_if_quick(CALLS, 10) * threads * 1e3 / (end - start);
    }
    return median(rates, team->windows);
}

static void run_phases(struct team *team, double *two, double *one)
{
    size_t i, k;

    for (i = 0; i < team->phases; i++) {
        for (k = 0; k < team->windows; k++)
            run_window(team, &team->members[0], k);
        one[i] = rate(team, 1);
        run_phase_of_two(team, &team->members[0]);
        two[i] = rate(team, 2);
    }
}

static void report_phases(const char *name, const struct bar *bar, double *two, double *one,
                          size_t count)
{
    double scratch[PHASES];
    struct line line = {
        .name = name,
        .unit = "million calls/s",
        .yardstick = "one thread",
        .comparison = RATIO,
        .compared = paired_ratio(two, one, count, scratch),
        .bar = *bar,
        .samples = count,
    };

    line.value = median(two, count);
    line.yardstick_value = median(one, count);
    report(&line);
}

static int compare(const char *name, repeated run, struct vaccel_session *first,
                   struct vaccel_session *second, struct bar bar)
{
    struct team team = {.run = run, .members = {{.sess = first}, {.sess = second}}};
    double one[PHASES];
    double two[PHASES];
    pthread_t thread;
    int ret;

    team.windows = at_most_if_quick(WINDOWS, 3);
    team.phases = at_most_if_quick(PHASES, 3);
    pthread_barrier_init(&team.phase, NULL, 2);
    ret = pthread_create(&thread, NULL, second_thread, &team);
    if (ret == 0) {
        run_phases(&team, two, one);
        pthread_join(thread, NULL);
        ret = team.members[0].error | team.members[1].error;
    }
    pthread_barrier_destroy(&team.phase);
    if (ret == 0)
        report_phases(name, &bar, two, one, team.phases);
    return ret;
}

static int compare_all(struct vaccel_session *first, struct vaccel_session *second)
{
    const struct bar bar = {"compared", "at least", 1.8};
    const struct bar none = {0};

    return compare("two threads, function pointer (what the machine can do)", call_noop_pointer,
                   first, second, none) |
           compare("two threads, vaccel_noop, shared session", call_noop, first, first, bar) |
           compare("two threads, vaccel_noop, two sessions", call_noop, first, second, bar) |
           compare("two threads, vaccel_sgemm 2x2, shared session", call_sgemm, first, first, bar) |
           compare("two threads, vaccel_sgemm 2x2, two sessions", call_sgemm, first, second, bar);
}

int main(int argc, char **argv)
{
    struct vaccel_session first, second;
    int ret;

    measure_begin(argc, argv);
    if (nr_cores() < 2) {
        printf("one processor: two threads cannot run at once\n");
        return 77;
    }
    stay_on_core(0);
    ret = vaccel_plugin_load("noop");
    if (ret == VACCEL_OK)
        ret = vaccel_session_init(&first, 0);
    if (ret == VACCEL_OK)
        ret = vaccel_session_init(&second, 0);
    if (ret != VACCEL_OK)
        return failed("two sessions with the noop plugin", ret);
    ret = compare_all(&first, &second);
    vaccel_session_release(&second);
    vaccel_session_release(&first);
    return ret == VACCEL_OK ? EXIT_SUCCESS : failed("a call", ret);
}
