/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many more calls two threads on two processors make than one.
 *
 * In turns the first thread calls, then the second, then both. A turn is a few short windows. When
 * both call, they begin each window together, spinning, and who is done first goes on until the
 * other is done too. Of each turn the best window counts: what others do on the machine slows
 * a few windows down, what the two threads do to each other slows down all. Who is not on sleeps.
 *
 * One thread is the mean of the two, as what lies where in memory makes up to a third of the time of
 * so short a call, and they have stacks of their own.
 */
#include "measure.h"
#include "operations.h"
#include "vaccel.h"

#include <math.h>

enum { CALLS = 5000, MORE_CALLS = 100, WINDOWS = 15, ROUNDS = 201, CACHE_LINE = 64 };
enum turn { FIRST = 1, SECOND = 2, BOTH = FIRST | SECOND };

struct member {
    struct vaccel_session *sess;
    double time[WINDOWS];
    int error;
};

struct team {
    repeated run;
    struct member members[2];
    size_t calls;
    size_t windows;
    size_t rounds;
    double one[ROUNDS]; /* millions of calls a second */
    double two[ROUNDS];
    pthread_barrier_t turn;
    _Alignas(CACHE_LINE) atomic_size_t begun; /* of the windows of both, in a turn */
    _Alignas(CACHE_LINE) atomic_size_t done;
};

static void begin_together(struct team *team, size_t window)
{
    atomic_fetch_add(&team->begun, 1);
    while (atomic_load(&team->begun) < 2 * (window + 1))
        ;
}

static void end_together(struct team *team, struct member *member, size_t window)
{
    atomic_fetch_add(&team->done, 1);
    while (atomic_load(&team->done) < 2 * (window + 1))
        member->error |= team->run(member->sess, MORE_CALLS);
}

static void run_windows(struct team *team, struct member *member, bool both)
{
    double start;
    size_t i;

    for (i = 0; i < team->windows; i++) {
        if (both)
            begin_together(team, i);
        start = nanoseconds(CLOCK_MONOTONIC);
        member->error |= team->run(member->sess, team->calls);
        member->time[i] = nanoseconds(CLOCK_MONOTONIC) - start;
        if (both)
            end_together(team, member, i);
    }
}

/* Of those whose turn it was, in the best window. */
static double best_rate(const struct team *team, enum turn turn)
{
    double best = 0;
    double rate;
    size_t i;

    for (i = 0; i < team->windows; i++) {
        rate = 0;
        if (turn & FIRST)
            rate += (double)team->calls * 1e3 / team->members[0].time[i];
        if (turn & SECOND)
            rate += (double)team->calls * 1e3 / team->members[1].time[i];
        best = fmax(best, rate);
    }
    return best;
}

static void record(struct team *team, size_t round, enum turn turn)
{
    double rate = best_rate(team, turn);

    if (turn == BOTH)
        team->two[round] = rate;
    else
        team->one[round] += rate / 2;
    atomic_store(&team->begun, 0);
    atomic_store(&team->done, 0);
}

static void take_part(struct team *team, enum turn who)
{
    struct member *member = &team->members[who == SECOND];
    enum turn turn;
    size_t i;

    stay_on_core(who == SECOND);
    for (i = 0; i < team->rounds; i++) {
        for (turn = FIRST; turn <= BOTH; turn++) {
            pthread_barrier_wait(&team->turn);
            if (turn & who)
                run_windows(team, member, turn == BOTH);
            pthread_barrier_wait(&team->turn);
            if (who == FIRST)
                record(team, i, turn);
        }
    }
}

static void *second_thread(void *team)
{
    take_part(team, SECOND);
    return NULL;
}

static void report_rounds(const char *name, const struct bar *bar, struct team *team)
{
    double scratch[ROUNDS];
    struct line line = {
        .name = name,
        .unit = "million calls/s",
        .yardstick = "one thread",
        .comparison = RATIO,
        .compared = paired_ratio(team->two, team->one, team->rounds, scratch),
        .bar = *bar,
        .samples = team->rounds,
    };

    line.value = median(team->two, team->rounds);
    line.yardstick_value = median(team->one, team->rounds);
    report(&line);
}

static int compare(const char *name, repeated run, struct vaccel_session *first,
                   struct vaccel_session *second, struct bar bar)
{
    struct team team = {
        .run = run,
        .members = {{.sess = first}, {.sess = second}},
        .calls = at_most_if_quick(CALLS, 10),
        .windows = at_most_if_quick(WINDOWS, 3),
        .rounds = at_most_if_quick(ROUNDS, 3),
    };
    pthread_t thread;
    int ret;

    pthread_barrier_init(&team.turn, NULL, 2);
    ret = pthread_create(&thread, NULL, second_thread, &team);
    if (ret == 0) {
        take_part(&team, FIRST);
        pthread_join(thread, NULL);
        ret = team.members[0].error | team.members[1].error;
    }
    pthread_barrier_destroy(&team.turn);
    if (ret == 0)
        report_rounds(name, &bar, &team);
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
