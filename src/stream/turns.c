/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/turns.h"

enum { PASS_MOST = 32 };

void turns_init(struct turns *turns)
{
    *turns = (struct turns){.lock = PTHREAD_MUTEX_INITIALIZER,
                            .message_waits = PTHREAD_COND_INITIALIZER,
                            .part_waits = PTHREAD_COND_INITIALIZER};
}

void turns_end(struct turns *turns)
{
    pthread_cond_destroy(&turns->part_waits);
    pthread_cond_destroy(&turns->message_waits);
    pthread_mutex_destroy(&turns->lock);
}

static bool part_is_next(const struct turns *turns)
{
    return turns->parts && (!turns->messages || turns->passed >= PASS_MOST);
}

static void release(struct turns *turns)
{
    turns->taken = false;
    if (part_is_next(turns))
        pthread_cond_signal(&turns->part_waits);
    else if (turns->messages)
        pthread_cond_signal(&turns->message_waits);
}

void turns_take(struct turns *turns)
{
    pthread_mutex_lock(&turns->lock);
    turns->messages++;
    while (turns->taken || (turns->parts && turns->passed >= PASS_MOST))
        pthread_cond_wait(&turns->message_waits, &turns->lock);
    turns->messages--;
    turns->taken = true;
    if (turns->parts)
        turns->passed++;
    pthread_mutex_unlock(&turns->lock);
}

bool turns_try(struct turns *turns)
{
    bool mine;

    pthread_mutex_lock(&turns->lock);
    mine = !turns->taken;
    turns->taken = true;
    pthread_mutex_unlock(&turns->lock);
    return mine;
}

void turns_give(struct turns *turns)
{
    pthread_mutex_lock(&turns->lock);
    release(turns);
    pthread_mutex_unlock(&turns->lock);
}

void turns_let_others(struct turns *turns)
{
    pthread_mutex_lock(&turns->lock);
    turns->parts++;
    release(turns);
    while (turns->taken || !part_is_next(turns))
        pthread_cond_wait(&turns->part_waits, &turns->lock);
    turns->parts--;
    turns->passed = 0;
    turns->taken = true;
    pthread_mutex_unlock(&turns->lock);
}
