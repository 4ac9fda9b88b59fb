/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_LIBC_SYSTEM_H
#define GUEST_LIBC_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the C library needs of the machine below it. guest/baremetal implements it; the library's tests
 * do so on a host.
 */

/* Write to the console; of the standard output (1) and the standard error (2). */
void system_write(int fd, const char *data, size_t size);

/* Memory for malloc(), asked for once, before anything else. */
void system_heap(void **start, size_t *size);

/* Nanoseconds since some fixed moment (CLOCK_MONOTONIC), and since 1970 (CLOCK_REALTIME; 0: not known). */
uint64_t system_clock(void);
uint64_t system_time(void);

/* A variable of the environment; NULL: not set. The environment does not change. */
const char *system_environment(const char *name);

/*
 * The files: a cpio archive (newc) in memory, which stays as it is. No archive: size 0. Paths in it
 * have no '/' or "./" at the beginning.
 */
void system_files(const void **archive, size_t *size);

/* End the machine; the host gets @status. */
_Noreturn void system_exit(int status);

#endif
