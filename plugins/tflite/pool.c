/* SPDX-License-Identifier: Apache-2.0 */
#include "pool.h"

#include "vaccel.h"

#include <unistd.h>

void pool_init(struct pool *pool, const struct TfLiteModel *model,
               const struct interpreter_options *options)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);

    pool->model = model;
    pool->options = options;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->returned, NULL);
    pool->idle = NULL;
    pool->nr_interpreters = 0;
    pool->limit = processors > 0 ? (size_t)processors : 1;
}

void pool_release(struct pool *pool)
{
    struct interpreter *interpreter;

    while (pool->idle) {
        interpreter = pool->idle;
        pool->idle = interpreter->next;
        interpreter_delete(interpreter, pool->options);
    }
    pthread_cond_destroy(&pool->returned);
    pthread_mutex_destroy(&pool->lock);
}

static void forget_one(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->nr_interpreters--;
    pthread_cond_signal(&pool->returned);
    pthread_mutex_unlock(&pool->lock);
}

int pool_take(struct pool *pool, struct interpreter **interpreter)
{
    int ret;

    pthread_mutex_lock(&pool->lock);
    while (!pool->idle && pool->nr_interpreters == pool->limit)
        pthread_cond_wait(&pool->returned, &pool->lock);
    *interpreter = pool->idle;
    if (pool->idle)
        pool->idle = pool->idle->next;
    else
        pool->nr_interpreters++;
    pthread_mutex_unlock(&pool->lock);
    if (*interpreter)
        return VACCEL_OK;
    ret = interpreter_new(interpreter, pool->model, pool->options);
    if (ret != VACCEL_OK)
        forget_one(pool);
    return ret;
}

void pool_give(struct pool *pool, struct interpreter *interpreter)
{
    sentences_clear(&interpreter->said);
    pthread_mutex_lock(&pool->lock);
    interpreter->next = pool->idle;
    pool->idle = interpreter;
    pthread_cond_signal(&pool->returned);
    pthread_mutex_unlock(&pool->lock);
}

void pool_drop(struct pool *pool, struct interpreter *interpreter)
{
    interpreter_delete(interpreter, pool->options);
    forget_one(pool);
}
