/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STREAM_OUTBOX_H
#define STREAM_OUTBOX_H

#include "stream/condition.h"
#include "stream/pieces.h"

#include <stdbool.h>

/*
 * Who is sending. A message has its turn for itself, a large one part by part: between two parts the
 * messages that wait go first, up to a number, so that none waits for a large one's end and the large
 * one gets to its end too.
 *
 * A small message does not wait for its turn: it is queued as a copy, and whoever has the turn
 * sends all that are queued at once, after his own. Handing a turn from thread to thread costs more
 * than a small message does.
 */
enum { OUTBOX_QUEUE = 16 * 1024, OUTBOX_SMALL = 1024 };

struct outbox {
    struct platform_mutex lock;
    struct condition message_waits;
    struct condition part_waits;
    bool taken;
    bool failed;           /* nothing can be sent any more */
    unsigned int messages; /* that wait for a turn */
    unsigned int parts;    /* further ones that wait */
    unsigned int passed;   /* messages that went before them */
    unsigned char *queue;  /* OUTBOX_QUEUE bytes; the other is being sent */
    unsigned char *other;
    size_t queued;
    unsigned char memory[2][OUTBOX_QUEUE];
};

void outbox_init(struct outbox *outbox);

enum outbox_entry { OUTBOX_TURN, OUTBOX_QUEUED, OUTBOX_BUSY, OUTBOX_FAILED };

/* A message on its way: @size bytes at @head, then @payload bytes in @pieces, which may be NULL. */
struct outgoing {
    void *head;
    size_t size;
    struct pieces *pieces;
    size_t payload;
};

/*
 * Take the turn, or queue the message.
 * @queue  whether it may be queued
 * @wait   whether to wait if neither can be done at once; else OUTBOX_BUSY
 */
enum outbox_entry outbox_enter(struct outbox *outbox, const struct outgoing *message, bool queue,
                               bool wait);

/* By who has the turn. What is queued, to be sent now; if nothing is, the turn is given up. */
size_t outbox_leave(struct outbox *outbox, const unsigned char **queued);
/* Between two parts: what is queued, to be sent now. */
size_t outbox_take_queued(struct outbox *outbox, const unsigned char **queued);
/* Between two parts: give the turn to those who wait, and take it again. */
void outbox_let_others(struct outbox *outbox);
/* Nothing can be sent any more: give the turn up for good. */
void outbox_fail(struct outbox *outbox);

#endif
