/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/outbox.h"
#include "platform/text.h"

enum { PASS_MOST = 32 };

void outbox_init(struct outbox *outbox)
{
    outbox->lock = (struct platform_mutex){0};
    outbox->message_waits = (struct condition){0};
    outbox->part_waits = (struct condition){0};
    outbox->taken = false;
    outbox->failed = false;
    outbox->messages = 0;
    outbox->parts = 0;
    outbox->passed = 0;
    outbox->queue = outbox->memory[0];
    outbox->other = outbox->memory[1];
    outbox->queued = 0;
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
        condition_signal(&outbox->part_waits);
    else if (outbox->messages)
        condition_signal(&outbox->message_waits);
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
        condition_wait(&outbox->message_waits, &outbox->lock, 0);
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

    platform_lock(&outbox->lock);
    entry = enter(outbox, message, queue, wait);
    platform_unlock(&outbox->lock);
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

    platform_lock(&outbox->lock);
    size = outbox->queued ? swap(outbox, queued) : 0;
    platform_unlock(&outbox->lock);
    return size;
}

size_t outbox_leave(struct outbox *outbox, const unsigned char **queued)
{
    size_t size = 0;

    platform_lock(&outbox->lock);
    if (outbox->queued)
        size = swap(outbox, queued);
    else
        release(outbox);
    platform_unlock(&outbox->lock);
    return size;
}

void outbox_let_others(struct outbox *outbox)
{
    platform_lock(&outbox->lock);
    outbox->parts++;
    release(outbox);
    while (!outbox->failed && (outbox->taken || !part_is_next(outbox)))
        condition_wait(&outbox->part_waits, &outbox->lock, 0);
    outbox->parts--;
    outbox->passed = 0;
    outbox->taken = true;
    platform_unlock(&outbox->lock);
}

void outbox_fail(struct outbox *outbox)
{
    platform_lock(&outbox->lock);
    outbox->failed = true;
    outbox->taken = false;
    condition_broadcast(&outbox->message_waits);
    condition_broadcast(&outbox->part_waits);
    platform_unlock(&outbox->lock);
}
