/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_STDLIB_H
#define GUEST_STDLIB_H

#include <stddef.h>

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1

/*
 * Blocks lie at a multiple of 16 bytes; those of 1 KiB and more at one of 64, so that an accelerator can
 * use them in place. There is one thread, so no lock.
 */
void *malloc(size_t size) __attribute__((malloc, alloc_size(1)));
void *calloc(size_t count, size_t size) __attribute__((malloc, alloc_size(1, 2)));
void *realloc(void *data, size_t size) __attribute__((alloc_size(2)));
/* @alignment is a power of two. */
void *aligned_alloc(size_t alignment, size_t size) __attribute__((malloc, alloc_size(2)));
/* What is no block of malloc()'s, or was freed before, ends the program. */
void free(void *data);

long strtol(const char *text, char **end, int base);
void qsort(void *array, size_t count, size_t size, int (*compare)(const void *a, const void *b));
char *getenv(const char *name);

/* Write what is buffered, and end the machine. */
_Noreturn void exit(int status);
/* The status is 134, as a shell would tell it; the machine may tell the host a smaller one. */
_Noreturn void abort(void);

#endif
