/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_COUNT_COPIES_H
#define BENCH_COUNT_COPIES_H

/*
 * Stands before the C library: what a program and all its libraries copy by memcpy(), memmove(),
 * read(), write() and their kin, or map from files, in pieces of at least 4 KiB, is counted here
 * and then done. What is copied is seen from outside, not told by who copies.
 */

#include <stddef.h>

/* Bytes counted so far, by all threads. */
size_t copied_bytes(void);

#endif
