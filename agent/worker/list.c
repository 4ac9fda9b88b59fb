/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/list.h"

#include <pthread.h>
#include <sys/socket.h>
#include <time.h>

enum { END_PATIENCE_MS = 1000, PAUSE_MS = 5 };

static struct connection *all;
static unsigned int alive; /* also those that are being freed */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void list_forget_one(void)
{
    pthread_mutex_lock(&lock);
    alive--;
    pthread_mutex_unlock(&lock);
}

void list_add(struct connection *connection)
{
    pthread_mutex_lock(&lock);
    connection->next = all;
    all = connection;
    alive++;
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
        greeted = atomic_load(&connection->greeted) || atomic_load(&connection->readers.closing);
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
    for (connection = all; connection; connection = connection->next)
        running += client_running(&connection->client);
    pthread_mutex_unlock(&lock);
    return running;
}

static bool all_gone(void)
{
    bool gone;

    pthread_mutex_lock(&lock);
    gone = !alive;
    pthread_mutex_unlock(&lock);
    return gone;
}

void connections_say_goodbye(int status, const char *sentence)
{
    struct connection *connection;

    pthread_mutex_lock(&lock);
    for (connection = all; connection; connection = connection->next) {
        connection_try_goodbye(connection, status, sentence);
        connection->stream.carrier->shutdown(&connection->stream, SHUT_RD);
    }
    pthread_mutex_unlock(&lock);
}

bool connections_wait(void)
{
    const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000};
    unsigned int waited;

    for (waited = 0; waited < END_PATIENCE_MS && !all_gone(); waited += PAUSE_MS)
        nanosleep(&pause, NULL);
    return all_gone();
}
