/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long a call of nothing takes, a product of small matrices, and one with a matrix of 8 MiB that stays
 * where it is: one line for each sample, in ticks of the processor's counter. A machine's clock is only as
 * good as what it measured when it began; the rate is what a process says. For a unikernel as for a process.
 * With an argument: calls of nothing alone.
 */
#include "vaccel.h"

#include <time.h>

enum { SMALL = 2, SIDE = 1448, SAMPLES = 51, CALLS = 100, MEASURED_NS = 20000000 };

struct work {
    struct vaccel_session sess;
    float *matrix;
    float *column;
    float *result;
};

static long long ticks(void)
{
    return (long long)__builtin_ia32_rdtsc();
}

static long long now_in_ns(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (long long)at.tv_sec * 1000000000 + at.tv_nsec;
}

/* Ticks in a millisecond. */
static void print_rate(void)
{
    long long begun_ns = now_in_ns();
    long long begun = ticks();
    long long ns;

    do
        ns = now_in_ns() - begun_ns;
    while (ns < MEASURED_NS);
    printf("rate %lld\n", (long long)((double)(ticks() - begun) * 1e6 / (double)ns));
}

static int noop(struct work *work)
{
    return vaccel_noop(&work->sess);
}

static int small(struct work *work)
{
    return vaccel_sgemm(&work->sess, SMALL, SMALL, SMALL, 1, work->matrix, SMALL, work->column,
                        SMALL, 0, work->result, SMALL);
}

static int product(struct work *work)
{
    return vaccel_sgemm(&work->sess, SIDE, 1, SIDE, 1, work->matrix, SIDE, work->column, 1, 0,
                        work->result, 1);
}

static int measure(const char *name, int (*call)(struct work *work), struct work *work)
{
    long long begun;
    int ret = VACCEL_OK;
    int sample;
    int i;

    for (sample = 0; sample < SAMPLES; sample++) {
        begun = ticks();
        for (i = 0; i < CALLS; i++)
            ret |= call(work);
        printf("%s %lld\n", name, (ticks() - begun) / CALLS);
    }
    return ret;
}

int main(int argc, char **argv)
{
    struct work work = {.matrix = vaccel_alloc(sizeof(float) * SIDE * SIDE),
                        .column = vaccel_alloc(sizeof(float) * SIDE),
                        .result = vaccel_alloc(sizeof(float) * SIDE)};
    int ret = vaccel_session_init(&work.sess, 0);

    if (ret != VACCEL_OK || !work.matrix || !work.column || !work.result)
        return EXIT_FAILURE;
    memset(work.matrix, 0, sizeof(float) * SIDE * SIDE);
    memset(work.column, 0, sizeof(float) * SIDE);
    (void)argv;
    print_rate();
    ret = measure("noop", noop, &work);
    if (argc == 1)
        ret |= measure("small", small, &work) | measure("product", product, &work);
    vaccel_session_release(&work.sess);
    return ret == VACCEL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
