/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_READERS_H
#define WORKER_READERS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Which of a connection's threads reads. The reader waits for a request, leaves to run it, answers,
 * and reads again; so a client that makes one call after the other is served by one thread, without a
 * hand-over. Meanwhile somebody must read what else comes.
 *
 * To wake a thread for that costs more than a short request takes, and a request that comes to another
 * thread than the one before runs with cold caches. So only if requests have been long of late, and have come
 * while others ran, the reader wakes one of the others when it leaves. Else it wakes nobody: one of the others,
 * the watcher, looks from time to time whether the same request is still running, and then reads instead. The
 * time is a millisecond, or as long as two requests have taken of late, but 100 milliseconds at most. Thus what
 * comes behind an unexpectedly long one waits for two of them at most.
 */
struct readers {
    atomic_bool present;           /* somebody reads */
    atomic_uint_fast64_t absences; /* how often a reader left */
    atomic_uint_fast64_t usual_ns; /* what a request takes, of late */
    atomic_uint running;           /* requests */
    atomic_uint crowd;             /* how often one came while another ran, of late */
    atomic_bool watching;
    atomic_bool closing;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wake;
    unsigned int waiting; /* that can be woken */
    bool woken;           /* one of them is about to look */
};

void readers_begin(struct readers *readers);
void readers_end(struct readers *readers);

/* Wait until it is the caller's turn to read. False: the connection is being closed. */
bool readers_enter(struct readers *readers);

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
