/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_READERS_H
#define WORKER_READERS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* What is read from. */
struct readers_source {
    /* Whether there is something, be it the end, without waiting for it. Called by a thread whose turn it is. */
    bool (*has_come)(void *context);
    /* How many requests, read or being read, have an answer that is not being sent yet. */
    unsigned int (*running)(void *context);
};

/*
 * Which of a connection's threads reads. The reader waits for a request, leaves to run it, answers,
 * and reads again; so a client that makes one call after the other is served by one thread, without a
 * hand-over. Meanwhile somebody must read what else comes.
 *
 * To wake a thread for that costs more than a short request takes, and a request that comes to another
 * thread than the one before runs with cold caches; libtorch even has helpers for each thread that calls it,
 * and is slow when there are more of those than processors. So only if requests have been long of late, and
 * have come while others ran, the reader wakes one of the others when it leaves. Else it wakes nobody: one of the
 * others, the watcher, looks from time to time whether the same request is still running and something else has
 * come, and then reads that. It looks after a millisecond or, while requests come one after the other, after as
 * long as two of them have taken of late, and then after twice as long each time, but 16 milliseconds at most: so
 * long waits what comes behind an unexpectedly long one. What comes while the answer is being sent waits about as
 * long, too, as the thread that sends will mostly be back.
 */
struct readers {
    atomic_bool present;           /* somebody reads */
    atomic_uint_fast64_t absences; /* how often a reader left */
    atomic_uint_fast64_t usual_ns; /* what a request takes, of late */
    atomic_uint crowd;             /* how often one came while another ran, of late */
    atomic_uintptr_t last;         /* the thread that ran the last request, or does; 0: none yet */
    atomic_bool watching;
    atomic_bool closing;
    const struct readers_source *source;
    void *context;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wake;
    unsigned int waiting; /* that can be woken */
    bool woken;           /* one of them is about to look */
};

void readers_begin(struct readers *readers, const struct readers_source *source, void *context);
void readers_end(struct readers *readers);

/* Wait until it is the caller's turn to read. False: the connection is being closed. */
bool readers_enter(struct readers *readers);

/*
 * Whether the reader may wait for more, after the first message. Else it reads in the place of a thread that will be
 * back, and has to leave when it has read what came.
 */
bool readers_may_wait(const struct readers *readers);

/*
 * Leave, to run a request if @runs, which readers_note_time() must follow. Returns whether nobody is there to
 * read meanwhile: a thread is needed.
 */
bool readers_leave(struct readers *readers, bool runs);

/* The request has ended, and took so long. */
void readers_note_time(struct readers *readers, uint64_t ns);

/* Let all go. False: that was done before. Who is just reading has to be woken by other means. */
bool readers_close(struct readers *readers);

#endif
