/* SPDX-License-Identifier: Apache-2.0 */
#include "runner.h"

#include "measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIXED_ARGUMENTS = 5, LINE_ROOM = 64, INTEGERS = 1000, CANNOT_RUN = 77 };

static bool parse_dims(struct runner_input *input, const char *text)
{
    size_t elements = 1;
    char *end;

    while (input->nr_dims < RUNNER_DIMS_MOST) {
        input->dims[input->nr_dims] = strtoll(text, &end, 10);
        if (end == text || input->dims[input->nr_dims] <= 0)
            return false;
        elements *= (size_t)input->dims[input->nr_dims++];
        if (*end == '\0') {
            input->size = elements * (input->is_integer ? sizeof(int64_t) : sizeof(float));
            return true;
        }
        text = end + 1;
    }
    return false;
}

/* NAME:TYPE:DIMENSIONS, which is cut into its parts. */
static bool parse_input(struct runner_input *input, char *text)
{
    char *type = strchr(text, ':');
    char *dims = type ? strchr(type + 1, ':') : NULL;

    if (!dims)
        return false;
    *type++ = '\0';
    *dims++ = '\0';
    input->name = *text ? text : NULL;
    input->is_integer = strcmp(type, "i64") == 0;
    return (input->is_integer || strcmp(type, "f32") == 0) && parse_dims(input, dims);
}

/* The same for all programs: by a linear congruence with Knuth's numbers. */
static void fill(struct runner_input *input)
{
    uint64_t state = 1;
    float *numbers = input->data;
    int64_t *integers = input->data;
    size_t i;

    for (i = 0; i < input->size / (input->is_integer ? sizeof(*integers) : sizeof(*numbers)); i++) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        if (input->is_integer)
            integers[i] = (int64_t)((state >> 33) % INTEGERS);
        else
            numbers[i] = (float)(state >> 40) / (float)(1 << 24);
    }
}

static int make_inputs(struct runner_task *task, const struct runner *runner, char **texts, int nr)
{
    struct runner_input *input;
    int i;

    for (i = 0; i < nr; i++) {
        input = &task->inputs[task->nr_inputs++];
        if (!parse_input(input, texts[i])) {
            fprintf(stderr, "%s: not NAME:TYPE:DIMENSIONS\n", texts[i]);
            return EXIT_FAILURE;
        }
        input->data = runner->memory(task->memory, input->size);
        if (!input->data) {
            printf("no %s memory of %zu bytes", task->memory, input->size);
            return CANNOT_RUN;
        }
        fill(input);
    }
    return EXIT_SUCCESS;
}

static int time_load(const struct runner_task *task, int (*load)(const struct runner_task *task))
{
    double begun = nanoseconds(CLOCK_MONOTONIC);
    int ret = load ? load(task) : 1;

    if (ret == 0)
        printf("%.0f\n", nanoseconds(CLOCK_MONOTONIC) - begun);
    return ret;
}

static int time_runs(const struct runner_task *task, const struct runner *runner, clockid_t clock,
                     long count)
{
    double begun;
    int ret = 0;

    for (; count > 0 && ret == 0; count--) {
        begun = nanoseconds(clock);
        ret = runner->run(task);
        printf("%.0f ", nanoseconds(clock) - begun);
    }
    if (ret == 0)
        printf("\n");
    return ret;
}

static int print_answer(const struct runner *runner)
{
    double sum = 0;
    size_t count = 0;
    const float *output = runner->output(&count);
    size_t i;

    for (i = 0; i < count; i++)
        sum += fabsf(output[i]);
    printf("%zu %.9g\n", count, sum);
    return count ? 0 : 1;
}

static int obey(const char *command, const struct runner_task *task, const struct runner *runner,
                clockid_t clock)
{
    if (strncmp(command, "run ", 4) == 0)
        return time_runs(task, runner, clock, strtol(command + 4, NULL, 10));
    if (strcmp(command, "load\n") == 0)
        return time_load(task, runner->load);
    if (strcmp(command, "second\n") == 0)
        return time_load(task, runner->second);
    if (strcmp(command, "answer\n") == 0)
        return print_answer(runner);
    if (strcmp(command, "unload\n") != 0) {
        fprintf(stderr, "no such command: %s", command);
        return 1;
    }
    runner->unload();
    printf("ok\n");
    return 0;
}

int runner_main(int argc, char **argv, const struct runner *runner)
{
    struct runner_task task = {0};
    char line[LINE_ROOM];
    clockid_t clock;
    int ret;

    if (argc <= FIXED_ARGUMENTS || argc > FIXED_ARGUMENTS + RUNNER_INPUTS_MOST) {
        fprintf(stderr, "usage: %s MODEL MEMORY CLOCK OUTPUT INPUT...\n", argv[0]);
        return EXIT_FAILURE;
    }
    task.model = argv[1];
    task.memory = argv[2];
    clock = strcmp(argv[3], "cpu") == 0 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC;
    task.output = strcmp(argv[4], "-") == 0 ? NULL : argv[4];
    ret = make_inputs(&task, runner, argv + FIXED_ARGUMENTS, argc - FIXED_ARGUMENTS);
    while (ret == EXIT_SUCCESS && fgets(line, sizeof(line), stdin)) {
        ret = obey(line, &task, runner, clock) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
        fflush(stdout);
    }
    return ret;
}
