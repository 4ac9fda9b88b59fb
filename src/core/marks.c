/* SPDX-License-Identifier: Apache-2.0 */
#include "core/marks.h"
#include "platform/text.h"

enum { CACHE_LINE = 64 };

/* Marks are never freed, only handed on to new threads: whoever scans them needs no lock. */
static struct thread_marks *all_marks;
static struct platform_mutex lock;

/* Marks in one cache line with what other threads use, marks or not, would slow both down. */
static void *alloc_lines(size_t size)
{
    size_t lines = (size + CACHE_LINE - 1) / CACHE_LINE + 1;
    char *memory = platform_alloc_zeroed(lines * CACHE_LINE);

    return memory ? memory + (-(uintptr_t)memory & (CACHE_LINE - 1)) : NULL;
}

static struct thread_marks *reuse_or_add(void)
{
    struct thread_marks *thread;

    for (thread = all_marks; thread; thread = thread->next)
        if (!thread->in_use)
            return thread;
    thread = alloc_lines(sizeof(*thread));
    if (!thread)
        return NULL;
    thread->next = all_marks;
    __atomic_store_n(&all_marks, thread, __ATOMIC_RELEASE);
    return thread;
}

struct thread_marks *marks_attach(void)
{
    struct thread_marks *thread;

    platform_lock(&lock);
    thread = reuse_or_add();
    if (thread)
        thread->in_use = true;
    platform_unlock(&lock);
    if (thread && platform_thread_set(thread) != VACCEL_OK) {
        platform_thread_ended(thread);
        return NULL;
    }
    return thread;
}

/* A plugin may have ended the thread in the middle of a call: that call is over too. */
static void end_calls(struct thread_marks *thread)
{
    struct mark *mark;

    while (thread->depth) {
        mark = &thread->marks[--thread->depth];
        __atomic_store_n(&mark->resource, NULL, __ATOMIC_RELEASE);
        __atomic_store_n(&mark->session, NULL, __ATOMIC_RELEASE);
    }
}

void platform_thread_ended(void *pointer)
{
    struct thread_marks *thread = pointer;

    end_calls(thread);
    thread->tap = (struct log_tap){0};
    platform_lock(&lock);
    thread->in_use = false;
    platform_unlock(&lock);
}

void marks_forked(void)
{
    struct thread_marks *thread;

    lock = (struct platform_mutex){0};
    for (thread = all_marks; thread; thread = thread->next) {
        if (thread == platform_thread_pointer)
            continue;
        memset(thread->marks, 0, sizeof(thread->marks));
        thread->depth = 0;
        thread->in_use = false;
    }
}

static bool names(const struct mark *mark, const void *session, const void *resource)
{
    const void *its_session = __atomic_load_n(&mark->session, __ATOMIC_ACQUIRE);
    const void *its_resource = __atomic_load_n(&mark->resource, __ATOMIC_ACQUIRE);

    if (!its_session && !its_resource)
        return false;
    return (!session || its_session == session) && (!resource || its_resource == resource);
}

static bool thread_names(const struct thread_marks *thread, const void *session,
                         const void *resource)
{
    unsigned int i;

    for (i = 0; i < MARKS_DEPTH; i++)
        if (names(&thread->marks[i], session, resource))
            return true;
    return false;
}

bool marks_mine(const void *session, const void *resource)
{
    const struct thread_marks *thread = platform_thread_pointer;

    return thread && thread_names(thread, session, resource);
}

static struct thread_marks *first_thread(void)
{
    return __atomic_load_n(&all_marks, __ATOMIC_ACQUIRE);
}

bool marks_any(void)
{
    const struct thread_marks *thread;

    platform_heavy_fence();
    for (thread = first_thread(); thread; thread = thread->next)
        if (thread_names(thread, NULL, NULL))
            return true;
    return false;
}

/*
 * A thread that attaches after this look at the list took the lock after us, so it sees what made
 * the session unusable: the fence is needed for threads in the list alone.
 */
static bool alone(void)
{
    struct thread_marks *thread;

    platform_lock(&lock);
    thread = all_marks;
    platform_unlock(&lock);
    return !thread || (thread == platform_thread_pointer && !thread->next);
}

static unsigned long nr_ended(const struct mark *mark)
{
    return __atomic_load_n(&mark->nr_ended, __ATOMIC_ACQUIRE);
}

/* A thread that tries again and again to call is hardly ever seen without its mark. */
static void wait_for_call(const struct mark *mark, const void *session, const void *resource)
{
    unsigned long before = nr_ended(mark);
    unsigned int attempt = 0;

    while (names(mark, session, resource) && nr_ended(mark) == before)
        platform_pause(attempt++);
}

void marks_wait(const void *session, const void *resource)
{
    const struct thread_marks *thread;
    unsigned int i;

    if (alone())
        return;
    platform_heavy_fence();
    for (thread = first_thread(); thread; thread = thread->next)
        for (i = 0; thread != platform_thread_pointer && i < MARKS_DEPTH; i++)
            wait_for_call(&thread->marks[i], session, resource);
}
