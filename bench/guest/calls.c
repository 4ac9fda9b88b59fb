/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long a call of nothing takes, a product of small matrices, and one with a matrix of 8 MiB that stays
 * where it is: one line for each sample, in nanoseconds. For a unikernel as for a process.
 */
#include "vaccel.h"

#include <time.h>

enum { SMALL = 2, SIDE = 1448, SAMPLES = 51, CALLS = 100 };

struct work {
    struct vaccel_session sess;
    float *matrix;
    float *column;
    float *result;
};

static long long now(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (long long)at.tv_sec * 1000000000 + at.tv_nsec;
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
        begun = now();
        for (i = 0; i < CALLS; i++)
            ret |= call(work);
        printf("%s %lld\n", name, (now() - begun) / CALLS);
    }
    return ret;
}

int main(void)
{
    struct work work = {.matrix = vaccel_alloc(sizeof(float) * SIDE * SIDE),
                        .column = vaccel_alloc(sizeof(float) * SIDE),
                        .result = vaccel_alloc(sizeof(float) * SIDE)};
    int ret = vaccel_session_init(&work.sess, 0);

    if (ret != VACCEL_OK || !work.matrix || !work.column || !work.result)
        return EXIT_FAILURE;
    memset(work.matrix, 0, sizeof(float) * SIDE * SIDE);
    memset(work.column, 0, sizeof(float) * SIDE);
    ret = measure("noop", noop, &work) | measure("small", small, &work) |
          measure("product", product, &work);
    vaccel_session_release(&work.sess);
    return ret == VACCEL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
