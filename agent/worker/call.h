/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_CALL_H
#define WORKER_CALL_H

#include "agent/worker/incoming.h"

/* Beside the arguments: what the library is called with, where bytes go, the answer's body. */
struct call_memory {
    struct vaccel_arg *args; /* the operation's number, then those to read, then those to write */
    void **data;             /* where each lies, whatever a plugin does to @args */
    struct piece *pieces;
};

static inline size_t call_nr_args(const struct incoming *incoming)
{
    return (size_t)incoming->request.body.call.nr_read + incoming->request.body.call.nr_write;
}

/* The room that an argument takes up in a buffer. */
static inline uint64_t call_room(uint64_t size)
{
    return (size + BUFFER_ALIGN - 1) / BUFFER_ALIGN * BUFFER_ALIGN;
}

/*
 * Before the bytes come: make room for the arguments in the agent's memory. incoming->payload is then
 * where those with WIRE_ARG_SENT go.
 * @places  of each argument that it need not be copied, as it lies there; else NULL. NULL: of none
 * Returns OK, ENOSPC or ENOMEM, logged.
 */
int call_place(struct client *client, struct incoming *incoming, void *const *places);

/*
 * An argument lies elsewhere than call_place() put it.
 * @i  counts those to read, then those to write
 */
void call_move(struct incoming *incoming, size_t i, void *data);

#endif
