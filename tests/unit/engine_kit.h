/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_ENGINE_KIT_H
#define TESTS_ENGINE_KIT_H

/*
 * Engines that do what a test says, of the plugins "counter", "second" and "third". What they have loaded
 * is a number, so that a model which is unloaded twice, or used after it, shows.
 */

#include "together.h"
#include "with_plugins.h"

enum { NR_ENGINES = 3, STATE_OF_MODEL = 0x10ad };

static struct test_engine {
    struct counter *counter;
    struct vaccel_model_engine engine;
    unsigned int loads, unloads, runs;
    char format[64];               /* of the last load */
    int load_result;               /* what load returns; nothing is loaded unless it is OK */
    struct door *in_load, *in_run; /* where load and run wait, or NULL */
    unsigned int nr_in_run;        /* runs under way, as far as that door */
    struct vaccel_resource *model; /* of the last load */
    int (*info)(const char *signature, struct vaccel_model_info *told);
    int (*run)(struct vaccel_session *sess, const struct vaccel_inference *inference);
} engines[NR_ENGINES];

static inline unsigned int count_of(const unsigned int *count)
{
    return __atomic_load_n(count, __ATOMIC_SEQ_CST);
}

static inline void count_one(unsigned int *count)
{
    __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
}

static inline int kit_load(struct test_engine *of, struct vaccel_resource *model,
                           const char *format, void **state)
{
    int *loaded;

    count_one(&of->loads);
    snprintf(of->format, sizeof(of->format), "%s", format);
    of->model = model;
    if (of->in_load)
        door_pass(of->in_load);
    if (of->load_result)
        return of->load_result;
    loaded = malloc(sizeof(*loaded));
    if (!loaded)
        return VACCEL_ENOMEM;
    *loaded = STATE_OF_MODEL;
    *state = loaded;
    return VACCEL_OK;
}

static inline void kit_unload(struct test_engine *of, int *loaded)
{
    if (*loaded != STATE_OF_MODEL)
        abort();
    *loaded = 0;
    free(loaded);
    count_one(&of->unloads);
}

static inline int kit_info(const struct test_engine *of, const int *loaded, const char *signature,
                           struct vaccel_model_info *info)
{
    if (*loaded != STATE_OF_MODEL)
        abort();
    return of->info ? of->info(signature, info) : VACCEL_OK;
}

static inline int kit_run(struct test_engine *of, const int *loaded, struct vaccel_session *sess,
                          const struct vaccel_inference *inference)
{
    int ret;

    count_one(&of->runs);
    if (of->in_run) {
        count_one(&of->nr_in_run);
        door_pass(of->in_run);
    }
    ret = of->run ? of->run(sess, inference) : VACCEL_ENOSYS;
    if (*loaded != STATE_OF_MODEL)
        abort();
    return ret;
}

/* An engine's functions are not told which engine it is. */
#define ENGINE_FUNCTIONS(i) \
    static int load_##i(struct vaccel_resource *model, const char *format, void **state) \
    { \
        return kit_load(&engines[i], model, format, state); \
    } \
    static void unload_##i(void *state) \
    { \
        kit_unload(&engines[i], state); \
    } \
    static int info_##i(void *state, const char *signature, struct vaccel_model_info *info) \
    { \
        return kit_info(&engines[i], state, signature, info); \
    } \
    static int run_##i(void *state, struct vaccel_session *sess, \
                       const struct vaccel_inference *inference) \
    { \
        return kit_run(&engines[i], state, sess, inference); \
    }
ENGINE_FUNCTIONS(0)
ENGINE_FUNCTIONS(1)
ENGINE_FUNCTIONS(2)

static const struct vaccel_model_engine engine_functions[NR_ENGINES] = {
    {.load = load_0, .unload = unload_0, .info = info_0, .run = run_0},
    {.load = load_1, .unload = unload_1, .info = info_1, .run = run_1},
    {.load = load_2, .unload = unload_2, .info = info_2, .run = run_2},
};

/* The plugin of this number gets an engine for @formats, once the library begins. */
static inline struct test_engine *engine_open(size_t i, const char *const *formats)
{
    static const char *const names[NR_ENGINES] = {"counter", "second", "third"};
    struct test_engine *made = &engines[i];

    *made = (struct test_engine){.counter = counter_open(names[i]), .engine = engine_functions[i]};
    made->engine.owner = made->counter->plugin;
    made->engine.formats = formats;
    made->counter->engine = &made->engine;
    return made;
}

/* Outputs are copies of inputs. */
static inline int copy_inputs(struct vaccel_session *sess, const struct vaccel_inference *inference)
{
    int first = VACCEL_OK;

    for (size_t i = 0; i < inference->nr_outputs; i++) {
        const struct vaccel_tensor *in = &inference->inputs[i % inference->nr_inputs];
        int ret = vaccel_tensor_put(sess, &inference->outputs[i], in->data_type, in->nr_dims,
                                    in->dims, in->data, in->size);

        first = first ? first : ret;
    }
    return first;
}

/* A model of a file in memory, registered with the session. */
static inline int model_begin(struct vaccel_resource *res, const char *name,
                              struct vaccel_session *sess)
{
    int ret = vaccel_resource_init_from_buf(res, "weights", 7, VACCEL_RESOURCE_MODEL, name, true);

    return ret ? ret : vaccel_resource_register(res, sess);
}

#endif
