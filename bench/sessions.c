/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Begin and end a session: in a process of one thread, with a second thread that has made calls and
 * sleeps, and with one that makes calls all the time. With a second thread a release must make sure
 * that no call of it is under way; the membarrier() which that takes is the yardstick there.
 */
#include "measure.h"
#include "vaccel.h"

#include <linux/membarrier.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CACHE_LINE = 64, YARDSTICK_SIZE = 1024 };

struct second_thread {
    pthread_t thread;
    struct vaccel_session sess;
    bool calling; /* all the time, or only once */
    int error;
    _Alignas(CACHE_LINE) atomic_size_t rounds;
    _Alignas(CACHE_LINE) atomic_bool stop;
    sem_t done;
};

static void *run_second_thread(void *context)
{
    struct second_thread *second = context;

    stay_on_core(1);
    second->error = vaccel_noop(&second->sess);
    atomic_fetch_add(&second->rounds, 1);
    while (second->calling && !atomic_load_explicit(&second->stop, memory_order_relaxed)) {
        second->error |= vaccel_noop(&second->sess);
        atomic_fetch_add_explicit(&second->rounds, 1, memory_order_relaxed);
    }
    sem_wait(&second->done);
    return NULL;
}

/* Until it makes a call: then it is running on its processor. */
static void wait_until_it_runs(void *context)
{
    struct second_thread *second = context;
    size_t rounds = atomic_load(&second->rounds);

    while (second->calling && atomic_load(&second->rounds) == rounds)
        ;
}

static int begin_and_end(void *context, size_t calls)
{
    struct vaccel_session sess;
    int ret = VACCEL_OK;

    (void)context;
    while (calls-- && ret == VACCEL_OK) {
        ret = vaccel_session_init(&sess, 0);
        if (ret == VACCEL_OK)
            ret = vaccel_session_release(&sess);
    }
    return ret;
}

static int allocate_and_free(void *context, size_t calls)
{
    void *volatile memory;

    (void)context;
    while (calls--) {
        memory = calloc(1, YARDSTICK_SIZE);
        if (!memory)
            return VACCEL_ENOMEM;
        free(memory);
    }
    return VACCEL_OK;
}

/* The library has registered the process for it. */
static int interrupt_other_threads(void *context, size_t calls)
{
    (void)context;
    while (calls--)
        if (syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) != 0)
            return errno;
    return VACCEL_OK;
}

static int compare(const char *name, struct second_thread *second)
{
    const struct contest contest = {
        .name = name,
        .unit = "ns",
        .unit_ns = 1,
        .run = begin_and_end,
        .yardstick = second ? "membarrier()" : "calloc and free of 1 KiB",
        .run_yardstick = second ? interrupt_other_threads : allocate_and_free,
        .context = second,
        .wait = second ? wait_until_it_runs : NULL,
        .calls = 20, /* short enough for a second thread to run from its start to its end */
        .samples = 1001,
        .clock = CLOCK_MONOTONIC,
        .comparison = DIFFERENCE,
        .bar = {"value", "at most", 1000},
    };

    return contest_hold(&contest);
}

static int compare_with_second_thread(const char *name, bool calling)
{
    struct second_thread second = {.calling = calling};
    int ret = vaccel_session_init(&second.sess, 0);

    if (ret != VACCEL_OK)
        return ret;
    sem_init(&second.done, 0, 0);
    ret = pthread_create(&second.thread, NULL, run_second_thread, &second);
    if (ret == 0) {
        while (!atomic_load(&second.rounds))
            sched_yield();
        ret = compare(name, &second);
        atomic_store(&second.stop, true);
        sem_post(&second.done);
        pthread_join(second.thread, NULL);
        ret |= second.error;
    }
    sem_destroy(&second.done);
    vaccel_session_release(&second.sess);
    return ret;
}

int main(int argc, char **argv)
{
    int ret;

    measure_begin(argc, argv);
    if (nr_cores() < 2) {
        printf("one processor: a second thread cannot make calls at the same time\n");
        return 77;
    }
    stay_on_core(0);
    ret = vaccel_plugin_load("noop");
    if (ret == VACCEL_OK)
        ret = compare("session init + release, one thread", NULL);
    if (ret == VACCEL_OK)
        ret = compare_with_second_thread("session init + release, a second thread asleep", false);
    if (ret == VACCEL_OK)
        ret = compare_with_second_thread("session init + release, a second thread calling", true);
    return ret == VACCEL_OK ? EXIT_SUCCESS : failed("a session", ret);
}
