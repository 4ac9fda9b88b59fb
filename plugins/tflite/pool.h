/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TFLITE_POOL_H
#define TFLITE_POOL_H

#include "interpreter.h"

#include <pthread.h>

/*
 * The interpreters of one model: made as they are needed for runs at the same time, at most one to a
 * processor. A run beyond them waits.
 */
struct pool {
    const struct TfLiteModel *model;
    const struct interpreter_options *options;
    pthread_mutex_t lock;
    pthread_cond_t returned;
    struct interpreter *idle;
    size_t nr_interpreters; /* idle or in use */
    size_t limit;
};

/* Both must stay until the pool ends. */
void pool_init(struct pool *pool, const struct TfLiteModel *model,
               const struct interpreter_options *options);
/* All interpreters must have been given back. */
void pool_release(struct pool *pool);

/* Take one, for pool_give() or pool_drop(). Returns what interpreter_new() returned. */
int pool_take(struct pool *pool, struct interpreter **interpreter);
void pool_give(struct pool *pool, struct interpreter *interpreter);
/* Delete one that has failed: in what state it is then, TensorFlow Lite does not say. */
void pool_drop(struct pool *pool, struct interpreter *interpreter);

#endif
