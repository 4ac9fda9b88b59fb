/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many calls a second eight threads make that share one connection, and how many eight processes
 * that have one each. All of a crew begin together and are waited for, and the other one sleeps.
 */
#include "client.h"
#include "measure.h"
#include "operations.h"
#include "server.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { MEMBERS = 8, NAME_ROOM = 128 };

/* In memory that processes share. */
struct crew {
    pthread_barrier_t begin;
    pthread_barrier_t end;
    size_t calls; /* of each; 0: go home */
    atomic_int error;
};

struct crews {
    struct crew threads;
    struct crew processes;
};

static void crew_prepare(struct crew *crew)
{
    pthread_barrierattr_t shared;

    pthread_barrierattr_init(&shared);
    pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    pthread_barrier_init(&crew->begin, &shared, MEMBERS + 1);
    pthread_barrier_init(&crew->end, &shared, MEMBERS + 1);
    pthread_barrierattr_destroy(&shared);
}

static int crew_run(struct crew *crew, size_t calls)
{
    crew->calls = calls;
    pthread_barrier_wait(&crew->begin);
    pthread_barrier_wait(&crew->end);
    return atomic_load(&crew->error);
}

static void crew_dismiss(struct crew *crew)
{
    crew->calls = 0;
    pthread_barrier_wait(&crew->begin);
}

/* Who has no session comes too, so that nobody waits for him in vain. */
static void take_part(struct crew *crew)
{
    struct vaccel_session sess;
    int ret = vaccel_session_init(&sess, 0);

    for (;;) {
        pthread_barrier_wait(&crew->begin);
        if (!crew->calls)
            break;
        atomic_fetch_or(&crew->error, ret ? ret : call_noop(&sess, crew->calls));
        pthread_barrier_wait(&crew->end);
    }
    if (ret == VACCEL_OK)
        vaccel_session_release(&sess);
}

static void *thread_main(void *crew)
{
    take_part(crew);
    return NULL;
}

static _Noreturn void process_main(struct crew *crew, const char *address)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    client_begin(address);
    take_part(crew);
    vaccel_cleanup();
    _exit(EXIT_SUCCESS);
}

static int run_threads(void *crews, size_t calls)
{
    return crew_run(&((struct crews *)crews)->threads, calls);
}

static int run_processes(void *crews, size_t calls)
{
    return crew_run(&((struct crews *)crews)->processes, calls);
}

static int hold(struct crews *crews, const char *kind)
{
    char name[NAME_ROOM];
    const struct contest contest = {
        .name = name,
        .unit = "thousand calls/s",
        .work = MEMBERS * 1e6,
        .run = run_threads,
        .yardstick = "eight connections, a process each",
        .run_yardstick = run_processes,
        .context = crews,
        .calls = 500,
        .samples = 101,
        .clock = CLOCK_MONOTONIC,
        .comparison = RATIO,
        .bar = {"compared", "at least", 0.8},
    };

    snprintf(name, sizeof(name), "vAccel: NOOP by eight threads on one connection, %s", kind);
    return contest_hold(&contest);
}

/* Before this process has threads, and a connection, of its own. */
static int start_processes(struct crew *crew, const char *address, pid_t pids[MEMBERS])
{
    int i;

    for (i = 0; i < MEMBERS; i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            process_main(crew, address);
        if (pids[i] < 0)
            return errno;
    }
    return 0;
}

static int start_threads(struct crew *crew, const char *address, pthread_t threads[MEMBERS])
{
    int ret = client_begin(address);
    int i;

    for (i = 0; i < MEMBERS && ret == 0; i++)
        ret = pthread_create(&threads[i], NULL, thread_main, crew);
    return ret;
}

/* If it fails, those who were started end with the program. */
static int compare_at(struct crews *crews, const char *kind, const char *address)
{
    pid_t pids[MEMBERS];
    pthread_t threads[MEMBERS];
    int ret = start_processes(&crews->processes, address, pids);
    int i;

    if (ret == 0)
        ret = start_threads(&crews->threads, address, threads);
    if (ret != 0)
        return ret;
    ret = hold(crews, kind);
    crew_dismiss(&crews->processes);
    crew_dismiss(&crews->threads);
    for (i = 0; i < MEMBERS; i++) {
        waitpid(pids[i], NULL, 0);
        pthread_join(threads[i], NULL);
    }
    return ret | vaccel_cleanup();
}

static int compare(struct crews *crews, const char *kind)
{
    struct server agent;
    int ret = server_start_agent(&agent, kind, NOOP_PLUGIN, ALL_CORES);

    if (ret != 0)
        return ret;
    crew_prepare(&crews->threads);
    crew_prepare(&crews->processes);
    ret = compare_at(crews, kind, agent.address);
    server_stop(&agent);
    return ret;
}

int main(int argc, char **argv)
{
    struct crews *crews =
        mmap(NULL, sizeof(*crews), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int ret;

    measure_begin(argc, argv);
    if (crews == MAP_FAILED)
        return failed("memory to share", errno);
    ret = compare(crews, "unix");
    if (ret == 0)
        ret = compare(crews, "tcp");
    return ret == 0 ? EXIT_SUCCESS : failed("eight threads or processes", ret);
}
