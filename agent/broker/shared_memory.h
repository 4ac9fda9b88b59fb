/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_SHARED_MEMORY_H
#define BROKER_SHARED_MEMORY_H

#include <stddef.h>

/*
 * A descriptor of memory that a worker shares with the broker, zeros. A worker whose plugin was taken
 * over cannot shrink it under the broker, which would die of that. -1: errno says why.
 */
int shared_memory(const char *name, size_t size);

#endif
