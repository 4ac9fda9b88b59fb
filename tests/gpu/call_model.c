/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads and runs a model as the lines of its standard input say, and answers each by a line, "ok" or
 * "error" and the number. What the library has to say of an error goes to the standard error.
 *
 *     load PATH            in the session of the program
 *     unload
 *     input TYPE DIMS FILE the next input: f32, i64 or u8, as in "1x3x224x224" or "-" for no dimensions,
 *                          and a file with its elements, "-" for zeros
 *     clear                no inputs
 *     run NR FILE          ask for so many outputs, which are written to FILE one after the other
 *     threads TIMES        a thread for each element of the first dimension of the inputs. Each has a session
 *                          of its own, in which it loads the model too, and runs it so many times with its
 *                          element alone: it must get its part of what the last "run" gave
 */
#include "vaccel.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUTS_MOST = 8, OUTPUTS_MOST = 8, THREADS_MOST = 16, LINE_ROOM = 4096, WORDS_MOST = 4 };

struct caller {
    struct vaccel_session sess;
    struct vaccel_resource model;
    struct vaccel_tensor inputs[INPUTS_MOST];
    size_t nr_inputs;
    void *answer; /* all outputs of the last run */
    size_t answer_size;
};

struct turn {
    struct caller *caller;
    size_t nr;    /* of the elements of the first dimension */
    size_t which; /* of them is this one's */
    long times;
    int ret;
};

/* Kernels for other batches add in another order, and GPUs multiply with shorter fractions. */
static const float tolerance = 5e-2F;

static int load(struct caller *caller, const char *path)
{
    int ret = vaccel_resource_init(&caller->model, path, VACCEL_RESOURCE_MODEL);

    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_resource_register(&caller->model, &caller->sess);
    if (ret == VACCEL_OK)
        ret = vaccel_model_load(&caller->sess, &caller->model, NULL);
    if (ret != VACCEL_OK)
        vaccel_resource_release(&caller->model);
    return ret;
}

static int unload(struct caller *caller)
{
    int ret = vaccel_model_unload(&caller->sess, &caller->model);

    return ret == VACCEL_OK ? vaccel_resource_release(&caller->model) : ret;
}

static enum vaccel_data_type type_named(const char *name)
{
    if (strcmp(name, "f32") == 0)
        return VACCEL_DATA_FLOAT32;
    return strcmp(name, "i64") == 0 ? VACCEL_DATA_INT64 : VACCEL_DATA_UINT8;
}

static size_t parse_dims(struct vaccel_tensor *tensor, char *text)
{
    size_t elements = 1;
    char *rest = NULL;
    char *number = strcmp(text, "-") == 0 ? NULL : strtok_r(text, "x", &rest);

    for (; number && tensor->nr_dims < VACCEL_TENSOR_DIMS_MAX;
         number = strtok_r(NULL, "x", &rest)) {
        tensor->dims[tensor->nr_dims] = strtoll(number, NULL, 10);
        elements *= (size_t)tensor->dims[tensor->nr_dims++];
    }
    return elements;
}

static int read_elements(struct vaccel_tensor *tensor, const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t got = file ? fread(tensor->data, 1, tensor->size, file) : 0;

    if (file)
        fclose(file);
    return got == tensor->size ? VACCEL_OK : VACCEL_EIO;
}

/* The memory is such that an agent can have it where it lies. */
static int add_input(struct caller *caller, const char *type, char *dims, const char *path)
{
    struct vaccel_tensor *tensor = &caller->inputs[caller->nr_inputs];

    if (caller->nr_inputs == INPUTS_MOST)
        return VACCEL_ENOMEM;
    memset(tensor, 0, sizeof(*tensor));
    tensor->data_type = type_named(type);
    tensor->size = parse_dims(tensor, dims) * vaccel_data_type_size(tensor->data_type);
    tensor->data = vaccel_alloc(tensor->size);
    if (!tensor->data)
        return VACCEL_ENOMEM;
    caller->nr_inputs++;
    memset(tensor->data, 0, tensor->size);
    return strcmp(path, "-") == 0 ? VACCEL_OK : read_elements(tensor, path);
}

static int clear(struct caller *caller)
{
    while (caller->nr_inputs)
        vaccel_free(caller->inputs[--caller->nr_inputs].data);
    return VACCEL_OK;
}

/* Append what is held of an output to the answer. */
static int collect(struct vaccel_session *sess, struct vaccel_tensor *output, void **answer,
                   size_t *size)
{
    char *longer = realloc(*answer, *size + output->size + 1);

    if (!longer)
        return VACCEL_ENOMEM;
    *answer = longer;
    output->data = longer + *size;
    *size += output->size;
    return vaccel_tensor_fetch(sess, output);
}

static int run(struct vaccel_session *sess, struct vaccel_resource *model,
               const struct vaccel_tensor *inputs, size_t nr_inputs, size_t nr_outputs,
               void **answer, size_t *size)
{
    struct vaccel_tensor outputs[OUTPUTS_MOST] = {0};
    int ret;
    size_t i;

    if (nr_outputs > OUTPUTS_MOST)
        return VACCEL_EINVAL;
    ret = vaccel_model_run(sess, model, NULL, inputs, nr_inputs, outputs, nr_outputs);
    for (i = 0; i < nr_outputs && ret == VACCEL_OK; i++)
        ret = collect(sess, &outputs[i], answer, size);
    return ret;
}

static int write_answer(const struct caller *caller, const char *path)
{
    FILE *file = fopen(path, "wb");
    size_t put = file ? fwrite(caller->answer, 1, caller->answer_size, file) : 0;

    if (file)
        fclose(file);
    return put == caller->answer_size ? VACCEL_OK : VACCEL_EIO;
}

static int run_and_write(struct caller *caller, size_t nr_outputs, const char *path)
{
    int ret;

    free(caller->answer);
    caller->answer = NULL;
    caller->answer_size = 0;
    ret = run(&caller->sess, &caller->model, caller->inputs, caller->nr_inputs, nr_outputs,
              &caller->answer, &caller->answer_size);
    return ret == VACCEL_OK ? write_answer(caller, path) : ret;
}

static bool is_part(const struct turn *turn, const float *part, size_t size)
{
    const float *whole = turn->caller->answer;
    size_t elements = size / sizeof(*part);
    size_t i;

    if (size * turn->nr != turn->caller->answer_size)
        return false;
    for (i = 0; i < elements; i++)
        if (!(fabsf(part[i] - whole[turn->which * elements + i]) <= tolerance))
            return false;
    return true;
}

static int run_part(const struct turn *turn, struct vaccel_session *sess)
{
    struct vaccel_tensor inputs[INPUTS_MOST];
    void *answer = NULL;
    size_t size = 0;
    size_t i;
    int ret;

    for (i = 0; i < turn->caller->nr_inputs; i++) {
        inputs[i] = turn->caller->inputs[i];
        inputs[i].dims[0] = 1;
        inputs[i].size /= turn->nr;
        inputs[i].data = (char *)inputs[i].data + turn->which * inputs[i].size;
    }
    ret = run(sess, &turn->caller->model, inputs, i, 1, &answer, &size);
    if (ret == VACCEL_OK && !is_part(turn, answer, size)) {
        fprintf(stderr, "thread %zu got another answer\n", turn->which);
        ret = VACCEL_EBACKEND;
    }
    free(answer);
    return ret;
}

static void *take_turn(void *context)
{
    struct turn *turn = context;
    struct vaccel_session sess;
    long i;

    turn->ret = vaccel_session_init(&sess, 0);
    if (turn->ret != VACCEL_OK)
        return NULL;
    turn->ret = vaccel_resource_register(&turn->caller->model, &sess);
    if (turn->ret == VACCEL_OK)
        turn->ret = vaccel_model_load(&sess, &turn->caller->model, NULL);
    for (i = 0; i < turn->times && turn->ret == VACCEL_OK; i++)
        turn->ret = run_part(turn, &sess);
    vaccel_session_release(&sess);
    return NULL;
}

static int run_in_threads(struct caller *caller, long times)
{
    size_t nr = caller->nr_inputs ? (size_t)caller->inputs[0].dims[0] : 0;
    struct turn turns[THREADS_MOST];
    pthread_t threads[THREADS_MOST];
    int ret = nr && nr <= THREADS_MOST ? VACCEL_OK : VACCEL_EINVAL;
    size_t begun;

    for (begun = 0; begun < nr && ret == VACCEL_OK; begun++) {
        turns[begun] = (struct turn){caller, nr, begun, times, VACCEL_OK};
        if (pthread_create(&threads[begun], NULL, take_turn, &turns[begun]) != 0)
            return VACCEL_ENOMEM;
    }
    while (begun > 0) {
        pthread_join(threads[--begun], NULL);
        ret = ret == VACCEL_OK ? turns[begun].ret : ret;
    }
    return ret;
}

/* How many words there are; those that are missing are empty. */
static size_t split(char *line, char *words[WORDS_MOST])
{
    static char none[] = "";
    char *rest = NULL;
    char *word = strtok_r(line, " \n", &rest);
    size_t nr = 0;
    size_t i;

    for (; word && nr < WORDS_MOST; word = strtok_r(NULL, " \n", &rest))
        words[nr++] = word;
    for (i = nr; i < WORDS_MOST; i++)
        words[i] = none;
    return nr;
}

static int obey(struct caller *caller, char *line)
{
    char *words[WORDS_MOST];
    size_t nr = split(line, words);

    if (nr == 1 && strcmp(words[0], "unload") == 0)
        return unload(caller);
    if (nr == 1 && strcmp(words[0], "clear") == 0)
        return clear(caller);
    if (nr == 2 && strcmp(words[0], "load") == 0)
        return load(caller, words[1]);
    if (nr == 3 && strcmp(words[0], "run") == 0)
        return run_and_write(caller, strtoul(words[1], NULL, 10), words[2]);
    if (nr == 2 && strcmp(words[0], "threads") == 0)
        return run_in_threads(caller, strtol(words[1], NULL, 10));
    if (nr == 4 && strcmp(words[0], "input") == 0)
        return add_input(caller, words[1], words[2], words[3]);
    fprintf(stderr, "no such command\n");
    return VACCEL_EINVAL;
}

int main(void)
{
    static struct caller caller;
    char line[LINE_ROOM];
    int ret = vaccel_session_init(&caller.sess, 0);

    if (ret != VACCEL_OK)
        return EXIT_FAILURE;
    while (fgets(line, sizeof(line), stdin)) {
        ret = obey(&caller, line);
        if (ret == VACCEL_OK)
            printf("ok\n");
        else
            printf("error %d\n", ret);
        fflush(stdout);
    }
    clear(&caller);
    free(caller.answer);
    return vaccel_session_release(&caller.sess) == VACCEL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
