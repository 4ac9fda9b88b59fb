/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_MODELS_RUNNER_H
#define BENCH_MODELS_RUNNER_H

/*
 * A process that loads one model and runs it when it is told to, so that several can take turns. What it
 * does it does by vAccel, or by a framework itself: a program for each.
 *
 *     bench-model-... MODEL MEMORY CLOCK OUTPUT INPUT...
 *
 * MEMORY is where the inputs lie: "ordinary" as malloc() gives it, "shared" from vaccel_alloc(), "pinned" for
 * a GPU. CLOCK is "wall", or "cpu" for the processor time of the process. OUTPUT is the name of the output
 * that is wanted, "-" for the first. INPUT is NAME:TYPE:DIMENSIONS, as in "picture:f32:1x3x224x224" or
 * "words:i64:1x128"; a name that is empty means the one at that place. Their contents are seeded.
 *
 * Commands come on the standard input, a line each, and are answered by a line each:
 *
 *     load     load the model: nanoseconds
 *     second   load it once more beside that, in another session: nanoseconds
 *     unload   "ok"
 *     run N    run it so many times: nanoseconds of each
 *     answer   of the output of the last run: the number of its elements, and the sum of their magnitudes
 *
 * What fails is told on the standard error, and ends the process.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { RUNNER_INPUTS_MOST = 4, RUNNER_DIMS_MOST = 8 };

struct runner_input {
    const char *name; /* NULL: the one at this place */
    int is_integer;   /* 64 bits; else a float of 32 */
    uint32_t nr_dims;
    int64_t dims[RUNNER_DIMS_MOST];
    void *data;
    size_t size;
};

struct runner_task {
    const char *model;
    const char *memory;
    const char *output; /* NULL: the first */
    struct runner_input inputs[RUNNER_INPUTS_MOST];
    size_t nr_inputs;
};

/* What a program brings along. Functions return 0, or an error after they have told it. */
struct runner {
    /* NULL: there is none of this kind. It is never freed. */
    void *(*memory)(const char *kind, size_t size);
    int (*load)(const struct runner_task *task);
    int (*second)(const struct runner_task *task); /* or NULL */
    void (*unload)(void);
    /* The output stays where it is until the next run. */
    int (*run)(const struct runner_task *task);
    const float *(*output)(size_t *count);
};

/* The exit status; 77 if there is no memory of the kind that is wanted. */
int runner_main(int argc, char **argv, const struct runner *runner);

#ifdef __cplusplus
}
#endif

#endif
