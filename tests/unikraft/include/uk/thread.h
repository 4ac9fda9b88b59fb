/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_UK_THREAD_H
#define STAND_IN_UK_THREAD_H

#include <uk/arch/types.h>
#include <uk/prio.h>

struct uk_thread;

struct uk_thread *uk_thread_current(void);

#define UK_THREAD_INITF_UKTLS 4u

/* What is called with each thread that ends, with the variables that were its own. */
void stand_in_at_thread_end(void (*ended)(struct uk_thread *thread));
#define UK_THREAD_INIT_PRIO_FLAGS(begun, ended, priority, flags) \
    _Static_assert((begun) == 0 && (priority) >= 0 && (flags), "the stand-in knows no others"); \
    __attribute__((constructor(200))) static void ended##_is_called(void) \
    { \
        stand_in_at_thread_end(ended); \
    } \
    _Static_assert(1, "")

#endif
