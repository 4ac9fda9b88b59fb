/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/spawner.h"
#include "agent/broker/worker_program.h"
#include "agent/packet.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

enum { AT_CONTROL, AT_LEDGER, NR_FDS };

/* What the broker waits for. */
struct order {
    uint64_t number; /* is in the packet with its descriptors, too */
    const char *run_directory;
    pid_t pid;
    int error;
    bool is_done;
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct order *order; /* that nobody has begun; NULL: there is none */
    uint64_t orders;
    int ends[2]; /* descriptors go from the first, which is the broker's, to the second */
} spawner = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static struct order *next_order(void)
{
    struct order *order;

    pthread_mutex_lock(&spawner.lock);
    while (!spawner.order)
        pthread_cond_wait(&spawner.changed, &spawner.lock);
    order = spawner.order;
    spawner.order = NULL;
    pthread_mutex_unlock(&spawner.lock);
    return order;
}

static void finish(struct order *order, pid_t pid, int error)
{
    pthread_mutex_lock(&spawner.lock);
    order->pid = pid;
    order->error = error;
    order->is_done = true;
    pthread_cond_broadcast(&spawner.changed);
    pthread_mutex_unlock(&spawner.lock);
}

static void wait_for(const struct order *order)
{
    pthread_mutex_lock(&spawner.lock);
    while (!order->is_done)
        pthread_cond_wait(&spawner.changed, &spawner.lock);
    pthread_mutex_unlock(&spawner.lock);
}

static void close_all(const int fds[NR_FDS])
{
    size_t i;

    for (i = 0; i < NR_FDS; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

static bool are_whole(const int fds[NR_FDS])
{
    return fds[AT_CONTROL] >= 0 && fds[AT_LEDGER] >= 0;
}

/* Those of an order before, which could not be received then, may still lie there. */
static bool receive(const struct order *order, int fds[NR_FDS])
{
    uint64_t number;

    do {
        if (!packet_receive(spawner.ends[1], MSG_DONTWAIT, &number, sizeof(number), fds, NR_FDS))
            return false;
        if (number == order->number && are_whole(fds))
            return true;
        close_all(fds);
    } while (number != order->number);
    errno = EMFILE;
    return false;
}

static void carry_out(struct order *order)
{
    int fds[NR_FDS];
    pid_t pid;
    int error;

    if (!receive(order, fds)) {
        finish(order, -1, errno);
        return;
    }
    pid = fork();
    if (pid == 0)
        worker_execute(fds[AT_CONTROL], fds[AT_LEDGER], order->run_directory);
    error = errno;
    close_all(fds);
    finish(order, pid, error);
}

static void *spawn(void *context)
{
    struct order *start = context;
    int error = unshare(CLONE_FILES) ? errno : 0;

    finish(start, 0, error);
    if (error)
        return NULL;
    for (;;)
        carry_out(next_order());
}

bool spawner_begin(void)
{
    struct order start = {0};
    pthread_t thread;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, spawner.ends))
        return false;
    errno = pthread_create(&thread, NULL, spawn, &start);
    if (errno)
        return false;
    pthread_detach(thread);
    wait_for(&start);
    errno = start.error;
    return !errno;
}

static void hand_over(struct order *order)
{
    pthread_mutex_lock(&spawner.lock);
    spawner.order = order;
    pthread_cond_broadcast(&spawner.changed);
    pthread_mutex_unlock(&spawner.lock);
}

pid_t spawner_fork(int control, int ledger, const char *run_directory)
{
    const int fds[NR_FDS] = {[AT_CONTROL] = control, [AT_LEDGER] = ledger};
    struct order order = {.number = ++spawner.orders, .run_directory = run_directory};

    if (!packet_send(spawner.ends[0], &order.number, sizeof(order.number), fds, NR_FDS))
        return -1;
    hand_over(&order);
    wait_for(&order);
    errno = order.error;
    return order.pid;
}
