/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/condition.h"

/* Lies on the stack of who waits. */
struct condition_waiter {
    struct condition_waiter *next;
    uint32_t woken;
};

static void append(struct condition *condition, struct condition_waiter *waiter)
{
    if (condition->first)
        condition->last->next = waiter;
    else
        condition->first = waiter;
    condition->last = waiter;
}

/* If it is there. */
static void take_out(struct condition *condition, struct condition_waiter *waiter)
{
    struct condition_waiter *before = NULL;
    struct condition_waiter **at = &condition->first;

    while (*at && *at != waiter) {
        before = *at;
        at = &before->next;
    }
    if (!*at)
        return;
    *at = waiter->next;
    if (condition->last == waiter)
        condition->last = before;
}

static bool is_woken(const struct condition_waiter *waiter)
{
    return __atomic_load_n(&waiter->woken, __ATOMIC_ACQUIRE);
}

void condition_wait(struct condition *condition, struct platform_mutex *mutex, uint64_t deadline)
{
    struct condition_waiter me = {0};

    append(condition, &me);
    platform_unlock(mutex);
    while (!is_woken(&me) && (!deadline || platform_clock() < deadline))
        platform_wait(&me.woken, 0, deadline);
    platform_lock(mutex);
    take_out(condition, &me);
}

void condition_signal(struct condition *condition)
{
    struct condition_waiter *waiter = condition->first;

    if (!waiter)
        return;
    condition->first = waiter->next;
    /* From here on it may be gone; its address alone is used. */
    __atomic_store_n(&waiter->woken, 1, __ATOMIC_RELEASE);
    platform_wake(&waiter->woken);
}

void condition_broadcast(struct condition *condition)
{
    while (condition->first)
        condition_signal(condition);
}
