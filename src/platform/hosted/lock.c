/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"

/* Not of pthread: POSIX does not say that one of zeroed memory is ready for use. */

enum { FREE, TAKEN, WANTED }; /* the last: taken, and somebody may sleep */

void platform_lock(struct platform_mutex *mutex)
{
    uint32_t expected = FREE;

    if (__atomic_compare_exchange_n(&mutex->state, &expected, TAKEN, false, __ATOMIC_ACQUIRE,
                                    __ATOMIC_RELAXED))
        return;
    while (__atomic_exchange_n(&mutex->state, WANTED, __ATOMIC_ACQUIRE) != FREE)
        platform_wait(&mutex->state, WANTED, 0);
}

void platform_unlock(struct platform_mutex *mutex)
{
    if (__atomic_exchange_n(&mutex->state, FREE, __ATOMIC_RELEASE) == WANTED)
        platform_wake_one(&mutex->state);
}
