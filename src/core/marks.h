/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MARKS_H
#define CORE_MARKS_H

/*
 * Which thread is in a call of which session and resource. A call writes two words of its own
 * thread and no shared one; who wants to free a session or resource first makes it unusable, then
 * fences and waits until no thread's marks name it (hazard pointers, M. Michael, 2004, with the
 * fence moved to the rare side).
 */

#include "core/log.h"
#include "platform/platform.h"
#include "vaccel/error.h"

/* Calls of one thread that nest: an operation whose plugin calls another. */
enum { MARKS_DEPTH = 16 };

struct mark {
    const void *session;
    const void *resource;
    unsigned long nr_ended; /* calls: who waits for one need not wait for those after it */
};

struct thread_marks {
    struct mark marks[MARKS_DEPTH];
    unsigned int depth;
    struct log_tap tap;
    bool in_use; /* belongs to a living thread; guarded by the lock */
    struct thread_marks *next;
};

/* Give the calling thread its marks. NULL: no memory. */
struct thread_marks *marks_attach(void);

/*
 * Mark the calling thread as in a call. What it is about to use must be looked at after this.
 * Returns ENOMEM, or ELOOP (too many nested calls).
 */
static inline int marks_enter(const void *session, const void *resource)
{
    struct thread_marks *thread = (struct thread_marks *)platform_thread_pointer;
    struct mark *mark;

    if (__builtin_expect(!thread, 0)) {
        thread = marks_attach();
        if (!thread)
            return VACCEL_ENOMEM;
    }
    if (__builtin_expect(thread->depth == MARKS_DEPTH, 0))
        return VACCEL_ELOOP;
    mark = &thread->marks[thread->depth++];
    __atomic_store_n(&mark->session, session, __ATOMIC_RELAXED);
    __atomic_store_n(&mark->resource, resource, __ATOMIC_RELAXED);
    platform_light_fence();
    return VACCEL_OK;
}

/* Let the latest mark name a resource too. What is about to be used must be looked at after this.
 */
static inline void marks_use_resource(const void *resource)
{
    struct thread_marks *thread = (struct thread_marks *)platform_thread_pointer;

    __atomic_store_n(&thread->marks[thread->depth - 1].resource, resource, __ATOMIC_RELAXED);
    platform_light_fence();
}

/* Undo the latest marks_enter() of this thread. */
static inline void marks_leave(void)
{
    struct thread_marks *thread = (struct thread_marks *)platform_thread_pointer;
    struct mark *mark = &thread->marks[--thread->depth];

    __atomic_store_n(&mark->resource, NULL, __ATOMIC_RELEASE);
    __atomic_store_n(&mark->session, NULL, __ATOMIC_RELEASE);
    __atomic_store_n(&mark->nr_ended, mark->nr_ended + 1, __ATOMIC_RELEASE);
}

/* Whether the calling thread is in a call of @session and @resource; NULL stands for any. */
bool marks_mine(const void *session, const void *resource);

/* Whether any thread is in any call. */
bool marks_any(void);

/* In a child process the other threads' calls do not go on: nobody may wait for them. */
void marks_forked(void);

/*
 * Wait until every other thread has left the call of @session and @resource that it is in; NULL
 * stands for any. New calls must have been made impossible before: they may be there, but only to
 * find that out.
 */
void marks_wait(const void *session, const void *resource);

#endif
