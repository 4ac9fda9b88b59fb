/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_COUNT_COPIES_H
#define BENCH_COUNT_COPIES_H

/*
 * Stands before the C library: what a program and all its libraries copy by memcpy(), memmove(),
 * read(), write() and their kin, or map from files, in pieces of at least 4 KiB, is counted here
 * and then done. What sockets take and give by recv(), send() and their kin is kept apart, with
 * where it lay. What is copied is seen from outside, not told by who copies.
 *
 * A program links it, or it is preloaded. With the environment variable BENCH_COPIES the counts are
 * in the file that it names, which is as large as struct copies, and so other processes see them.
 */

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum { PIECES_MOST = 1 << 16 };

struct piece {
    uintptr_t at;
    size_t size;
};

struct moved {
    atomic_size_t nr_pieces; /* may be more than are kept */
    struct piece pieces[PIECES_MOST];
};

/* By all threads, from the beginning, or since the numbers were set to 0. */
struct copies {
    atomic_size_t bytes;
    struct moved received;
    struct moved sent;
};

/* This process's. */
struct copies *copies_counted(void);

/* Their bytes. */
size_t copied_bytes(void);

#endif
