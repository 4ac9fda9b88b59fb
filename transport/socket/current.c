/* SPDX-License-Identifier: Apache-2.0 */
#include "socket/current.h"
#include "client/hooks.h"
#include "socket/state.h"
#include "vaccel.h"

#include <pthread.h>

enum { LONGEST_MS = 24 * 60 * 60 * 1000 };

static struct {
    pthread_mutex_t lock;
    struct connection_settings settings;
    struct connection *connection; /* NULL: none yet */
} current = {.lock = PTHREAD_MUTEX_INITIALIZER};

unsigned int fork_generation;

static void before_fork(void)
{
    pthread_mutex_lock(&current.lock);
    client_resources_lock();
}

static void in_parent(void)
{
    client_resources_unlock();
    pthread_mutex_unlock(&current.lock);
}

/* The socket stays the parent's, and is closed when the parent closes it. */
static void in_child(void)
{
    fork_generation++;
    if (current.connection)
        connection_disown(current.connection);
    current.connection = NULL;
    client_resources_unlock();
    pthread_mutex_unlock(&current.lock);
}

/* Not in current_begin(), which a process may call many times. */
__attribute__((constructor)) static void watch_forks(void)
{
    pthread_atfork(before_fork, in_parent, in_child);
}

/* Milliseconds, at least @least; *@ms stays what it is if the variable is not set. */
static int read_time(const char *variable, unsigned int least, unsigned int *ms)
{
    const char *text = getenv(variable);
    unsigned long value;
    char *end;

    if (!text)
        return VACCEL_OK;
    errno = 0;
    value = strtoul(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && !*end && !errno && value >= least &&
        value <= LONGEST_MS) {
        *ms = (unsigned int)value;
        return VACCEL_OK;
    }
    vaccel_error("%s is '%s': it must be a number of milliseconds from %u to %d", variable, text,
                 least, LONGEST_MS);
    return VACCEL_EINVAL;
}

int current_begin(void)
{
    struct connection_settings *settings = &current.settings;
    int ret;

    *settings = (struct connection_settings){
        .address = getenv("VACCEL_RPC_ADDRESS"),
        .connect_ms = 5000,
        .keepalive_ms = 15000,
    };
    if (!settings->address)
        settings->address = "tcp://127.0.0.1:65500";
    settings->address = strdup(settings->address);
    if (!settings->address)
        return VACCEL_ENOMEM;
    ret = read_time("VACCEL_RPC_CONNECT_TIMEOUT", 1, &settings->connect_ms);
    if (ret == VACCEL_OK)
        ret = read_time("VACCEL_RPC_TIMEOUT", 0, &settings->call_ms);
    return ret == VACCEL_OK ? read_time("VACCEL_RPC_KEEPALIVE", 3, &settings->keepalive_ms) : ret;
}

void current_end(void)
{
    pthread_mutex_lock(&current.lock);
    if (current.connection)
        connection_drop(current.connection);
    current.connection = NULL;
    free((char *)current.settings.address);
    current.settings.address = NULL;
    pthread_mutex_unlock(&current.lock);
}

/* Under the lock, which others wait for as long as connecting takes: they need it too. */
static int reconnect(bool *fresh)
{
    struct connection *made;
    int ret;

    *fresh = false;
    if (current.connection && connection_usable(current.connection))
        return VACCEL_OK;
    ret = connection_open(&current.settings, &made);
    if (ret != VACCEL_OK)
        return ret;
    if (current.connection)
        connection_drop(current.connection);
    current.connection = made;
    *fresh = true;
    return VACCEL_OK;
}

int current_connection(struct connection **connection, bool *fresh)
{
    int ret;

    pthread_mutex_lock(&current.lock);
    ret = reconnect(fresh);
    if (ret == VACCEL_OK)
        *connection = connection_hold(current.connection);
    pthread_mutex_unlock(&current.lock);
    return ret;
}
