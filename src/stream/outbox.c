/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/outbox.h"

#include <string.h>

enum { PASS_MOST = 32 };

void outbox_init(struct outbox *outbox)
{
    pthread_mutex_init(&outbox->lock, NULL);
    pthread_cond_init(&outbox->message_waits, NULL);
    pthread_cond_init(&outbox->part_waits, NULL);
    outbox->taken = false;
    outbox->failed = false;
    outbox->messages = 0;
    outbox->parts = 0;
    outbox->passed = 0;
    outbox->queue = outbox->memory[0];
    outbox->other = outbox->memory[1];
    outbox->queued = 0;
}

void outbox_end(struct outbox *outbox)
{
    pthread_cond_destroy(&outbox->part_waits);
    pthread_cond_destroy(&outbox->message_waits);
    pthread_mutex_destroy(&outbox->lock);
}

static bool part_is_next(const struct outbox *outbox)
{
    return outbox->parts && (!outbox->messages || outbox->passed >= PASS_MOST);
}

/* Under the lock, as all that follows. */
static void release(struct outbox *outbox)
{
    outbox->taken = false;
    if (part_is_next(outbox))
        pthread_cond_signal(&outbox->part_waits);
    else if (outbox->messages)
        pthread_cond_signal(&outbox->message_waits);
}

static void append(struct outbox *outbox, const void *data, size_t size)
{
    memcpy(outbox->queue + outbox->queued, data, size);
    outbox->queued += size;
}

static bool enqueue(struct outbox *outbox, const struct outgoing *message)
{
    const struct pieces *pieces = message->pieces;
    size_t i;

    if (message->payload > OUTBOX_SMALL || message->size > OUTBOX_SMALL ||
        message->size + message->payload > OUTBOX_QUEUE - outbox->queued)
        return false;
    append(outbox, message->head, message->size);
    for (i = 0; message->payload && i < pieces->count; i++)
        if (pieces->list[i].size)
            append(outbox, pieces->list[i].data, pieces->list[i].size);
    return true;
}

static bool must_wait(const struct outbox *outbox)
{
    return outbox->taken || (outbox->parts && outbox->passed >= PASS_MOST);
}

static enum outbox_entry enter(struct outbox *outbox, const struct outgoing *message, bool queue,
                               bool wait)
{
    while (!outbox->failed && must_wait(outbox)) {
        if (queue && outbox->taken && enqueue(outbox, message))
            return OUTBOX_QUEUED;
        if (!wait)
            return OUTBOX_BUSY;
        outbox->messages++;
        pthread_cond_wait(&outbox->message_waits, &outbox->lock);
        outbox->messages--;
    }
    if (outbox->failed)
        return OUTBOX_FAILED;
    outbox->taken = true;
    if (outbox->parts)
        outbox->passed++;
    return OUTBOX_TURN;
}

enum outbox_entry outbox_enter(struct outbox *outbox, const struct outgoing *message, bool queue,
                               bool wait)
{
    enum outbox_entry entry;

    pthread_mutex_lock(&outbox->lock);
    entry = enter(outbox, message, queue, wait);
    pthread_mutex_unlock(&outbox->lock);
    return entry;
}

static size_t swap(struct outbox *outbox, const unsigned char **queued)
{
    size_t size = outbox->queued;

    *queued = outbox->queue;
    outbox->queue = outbox->other;
    outbox->other = (unsigned char *)*queued;
    outbox->queued = 0;
    return size;
}

size_t outbox_take_queued(struct outbox *outbox, const unsigned char **queued)
{
    size_t size;

    pthread_mutex_lock(&outbox->lock);
    size = outbox->queued ? swap(outbox, queued) : 0;
    pthread_mutex_unlock(&outbox->lock);
    return size;
}

size_t outbox_leave(struct outbox *outbox, const unsigned char **queued)
{
    size_t size = 0;

    pthread_mutex_lock(&outbox->lock);
    if (outbox->queued)
        size = swap(outbox, queued);
    else
        release(outbox);
    pthread_mutex_unlock(&outbox->lock);
    return size;
}

void outbox_let_others(struct outbox *outbox)
{
    pthread_mutex_lock(&outbox->lock);
    outbox->parts++;
    release(outbox);
    while (!outbox->failed && (outbox->taken || !part_is_next(outbox)))
        pthread_cond_wait(&outbox->part_waits, &outbox->lock);
    outbox->parts--;
    outbox->passed = 0;
    outbox->taken = true;
    pthread_mutex_unlock(&outbox->lock);
}

void outbox_fail(struct outbox *outbox)
{
    pthread_mutex_lock(&outbox->lock);
    outbox->failed = true;
    outbox->taken = false;
    pthread_cond_broadcast(&outbox->message_waits);
    pthread_cond_broadcast(&outbox->part_waits);
    pthread_mutex_unlock(&outbox->lock);
}
