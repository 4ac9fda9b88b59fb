/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"

#include "vaccel/error.h"

#include <uk/config.h>
#include <uk/sched.h>
#include <uk/thread.h>
#include <uk/wait.h>

/*
 * Threads of a cooperative scheduler: another one runs only while this one waits or yields. Interrupts do not
 * come here.
 */

_Thread_local void *platform_thread_pointer;
bool platform_fence_is_cheap = CONFIG_UKPLAT_LCPU_MAXCOUNT == 1;

/* All who sleep, wherever: there are few, and each looks at its own word when woken. */
static DEFINE_WAIT_QUEUE(sleepers);

void platform_wait(const uint32_t *word, uint32_t value, uint64_t deadline)
{
    uk_waitq_wait_event_deadline(&sleepers, __atomic_load_n(word, __ATOMIC_ACQUIRE) != value,
                                 deadline);
}

void platform_wake(const uint32_t *word)
{
    (void)word;
    uk_waitq_wake_up(&sleepers);
}

/* Who is woken may not be who sleeps there: all look. */
void platform_wake_one(const uint32_t *word)
{
    platform_wake(word);
}

int platform_thread_set(void *pointer)
{
    platform_thread_pointer = pointer;
    return VACCEL_OK;
}

/* Called with what the thread that ended has as its own. */
static void thread_ended(struct uk_thread *thread)
{
    void *pointer = platform_thread_pointer;

    (void)thread;
    platform_thread_pointer = NULL;
    if (pointer)
        platform_thread_ended(pointer);
}

UK_THREAD_INIT_PRIO_FLAGS(0x0, thread_ended, UK_PRIO_EARLIEST, UK_THREAD_INITF_UKTLS);

/* With one processor the order of the program is that of memory. */
void platform_heavy_fence(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void platform_pause(unsigned int attempt)
{
    enum { YIELDS = 16, DOUBLINGS = 10, SHORTEST_NS = 1000 };

    if (attempt < YIELDS) {
        uk_sched_yield();
        return;
    }
    attempt -= YIELDS;
    uk_sched_thread_sleep((__nsec)SHORTEST_NS << (attempt < DOUBLINGS ? attempt : DOUBLINGS));
}
