/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_SAME_MEMORY_H
#define BENCH_SAME_MEMORY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Whether an address of one of @pid's children and one of this process are the same byte of the same
 * file, as the kernel's maps of both say.
 */
bool same_memory(pid_t pid, uintptr_t there, const void *here);

#endif
