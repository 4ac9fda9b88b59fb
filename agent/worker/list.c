/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/list.h"
#include "agent/worker/incoming.h"

#include <pthread.h>
#include <sys/socket.h>
#include <time.h>

enum { END_PATIENCE_MS = 2000, PAUSE_MS = 5 };

static struct connection *all;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

uint64_t monotonic_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

bool thread_start(void *(*run)(void *context), void *context)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, run, context))
        return false;
    pthread_detach(thread);
    return true;
}

void list_add(struct connection *connection)
{
    pthread_mutex_lock(&lock);
    connection->next = all;
    all = connection;
    pthread_mutex_unlock(&lock);
}

void list_remove(struct connection *connection)
{
    struct connection **at = &all;

    pthread_mutex_lock(&lock);
    while (*at != connection)
        at = &(*at)->next;
    *at = connection->next;
    pthread_mutex_unlock(&lock);
}

bool connections_expire(uint64_t now_ms, uint64_t patience_ms)
{
    struct connection *connection;
    bool any = false;
    bool greeted;

    pthread_mutex_lock(&lock);
    for (connection = all; connection; connection = connection->next) {
        pthread_mutex_lock(&connection->lock);
        greeted = connection->greeted || connection->closing;
        pthread_mutex_unlock(&connection->lock);
        if (!greeted && now_ms - connection->begun >= patience_ms)
            connection_close(connection, "said no hello in time: it is disconnected");
        else
            any |= !greeted;
    }
    pthread_mutex_unlock(&lock);
    return any;
}

unsigned int connections_running(void)
{
    struct connection *connection;
    unsigned int running = 0;

    pthread_mutex_lock(&lock);
    for (connection = all; connection; connection = connection->next) {
        pthread_mutex_lock(&connection->lock);
        running += connection->nr_unanswered + connection->nr_answering;
        pthread_mutex_unlock(&connection->lock);
    }
    pthread_mutex_unlock(&lock);
    return running;
}

static bool none_left(void)
{
    bool none;

    pthread_mutex_lock(&lock);
    none = !all;
    pthread_mutex_unlock(&lock);
    return none;
}

void connections_end_all(int status, const char *sentence)
{
    const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000};
    struct connection *connection;
    unsigned int waited;

    pthread_mutex_lock(&lock);
    for (connection = all; connection; connection = connection->next) {
        connection_say_goodbye(connection, status, sentence);
        shutdown(connection->stream.fd, SHUT_RD);
    }
    pthread_mutex_unlock(&lock);
    for (waited = 0; waited < END_PATIENCE_MS && !none_left(); waited += PAUSE_MS)
        nanosleep(&pause, NULL);
}
