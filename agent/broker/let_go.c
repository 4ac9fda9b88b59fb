/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/let_go.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CLOSERS_MOST = 64,
    STACK_SIZE = 64 * 1024,
    KEPT_MOST = 64 * 1024, /* more than the broker ever needs open at once */
};

/* A thread that closes one after the other; there is one more where none is left to begin at once. */
struct closer {
    pthread_t thread;
    bool is_closing;
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int kept[KEPT_MOST]; /* that no closer has begun with */
    size_t nr_kept;
    struct closer closers[CLOSERS_MOST];
    size_t nr_closers;
    size_t nr_closing;
} state = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/*
 * Then a close does not wait for who does not read. Not for the broker either: a stranger may be busy with the
 * socket for as long as he likes. He may also make it linger again.
 */
static void stop_lingering(int fd)
{
    const struct linger none = {0};

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
}

static int begin_one(struct closer *closer)
{
    int fd;

    pthread_mutex_lock(&state.lock);
    while (!state.nr_kept)
        pthread_cond_wait(&state.changed, &state.lock);
    fd = state.kept[--state.nr_kept];
    closer->is_closing = true;
    state.nr_closing++;
    pthread_mutex_unlock(&state.lock);
    return fd;
}

static void end_one(struct closer *closer)
{
    pthread_mutex_lock(&state.lock);
    closer->is_closing = false;
    state.nr_closing--;
    pthread_mutex_unlock(&state.lock);
}

static void *close_all(void *closer)
{
    int fd;

    for (;;) {
        fd = begin_one(closer);
        stop_lingering(fd);
        close(fd);
        end_one(closer);
    }
    return NULL;
}

static bool add_closer(void)
{
    struct closer *closer = &state.closers[state.nr_closers];
    pthread_attr_t attributes;

    if (state.nr_closers == CLOSERS_MOST || pthread_attr_init(&attributes))
        return false;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    errno = pthread_create(&closer->thread, &attributes, close_all, closer);
    pthread_attr_destroy(&attributes);
    state.nr_closers += !errno;
    return !errno;
}

/* Who waits in a close, and not for a file system, then waits no longer: the descriptor is closed. */
static void interrupt_closers(void)
{
    size_t i;

    for (i = 0; i < state.nr_closers; i++)
        if (state.closers[i].is_closing)
            pthread_kill(state.closers[i].thread, SIGUSR1);
}

static void be_interrupted(int number)
{
    (void)number;
}

bool let_go_begin(void)
{
    const struct sigaction action = {.sa_handler = be_interrupted};
    bool begun;

    pthread_mutex_lock(&state.lock);
    begun = sigaction(SIGUSR1, &action, NULL) == 0 && add_closer();
    pthread_mutex_unlock(&state.lock);
    return begun;
}

/* What cannot be kept stays open. */
void let_go(int fd)
{
    pthread_mutex_lock(&state.lock);
    if (state.nr_kept < KEPT_MOST)
        state.kept[state.nr_kept++] = fd;
    if (state.nr_kept > state.nr_closers - state.nr_closing && !add_closer())
        interrupt_closers();
    pthread_cond_signal(&state.changed);
    pthread_mutex_unlock(&state.lock);
}
