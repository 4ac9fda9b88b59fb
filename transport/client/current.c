/* SPDX-License-Identifier: Apache-2.0 */
#include "client/current.h"
#include "client/hooks.h"
#include "client/settings.h"
#include "platform/text.h"
#include "vaccel.h"

static struct {
    struct platform_mutex lock;
    connection_opener *open;
    struct connection_settings settings;
    struct connection *connection; /* NULL: none yet */
    unsigned int failures;         /* to reach an agent; atomic */
} current;

void current_forking(void)
{
    platform_lock(&current.lock);
    client_resources_lock();
}

void current_fork_done(void)
{
    client_resources_unlock();
    platform_unlock(&current.lock);
}

/* The way to the agent stays the parent's, and is closed when the parent closes it. */
void current_forked(void)
{
    connection_generation++;
    if (current.connection)
        current.connection->transport->disown(current.connection);
    current.connection = NULL;
    current_fork_done();
}

int current_begin(connection_opener *open, const char *address, const char *peer)
{
    struct connection_settings *settings = &current.settings;
    const char *named = platform_environment("VACCEL_RPC_ADDRESS");

    current.open = open;
    settings->peer = peer;
    settings->address = NULL;
    if (named)
        address = named;
    if (address) {
        settings->address = text_copy(address);
        if (!settings->address)
            return VACCEL_ENOMEM;
    }
    return settings_read(settings);
}

void current_end(void)
{
    platform_lock(&current.lock);
    if (current.connection)
        connection_drop(current.connection);
    current.connection = NULL;
    platform_free((char *)current.settings.address);
    current.settings.address = NULL;
    platform_unlock(&current.lock);
}

/* One to the same place may not come about while there is that of before. */
static void leave_broken(struct connection *connection)
{
    if (connection->transport->retire)
        connection->transport->retire(connection);
    connection_drop(connection);
}

/* Under the lock, which others wait for as long as connecting takes: they need it too. */
static int reconnect(bool *fresh)
{
    int ret;

    *fresh = false;
    if (current.connection && connection_usable(current.connection))
        return VACCEL_OK;
    if (current.connection)
        leave_broken(current.connection);
    current.connection = NULL;
    ret = current.open(&current.settings, &current.connection);
    if (ret != VACCEL_OK)
        current.connection = NULL;
    *fresh = ret == VACCEL_OK;
    return ret;
}

static unsigned int failures(void)
{
    return __atomic_load_n(&current.failures, __ATOMIC_ACQUIRE);
}

static int try_to_connect(bool *fresh)
{
    int ret = reconnect(fresh);

    if (ret == VACCEL_EREMOTEIO)
        __atomic_add_fetch(&current.failures, 1, __ATOMIC_RELEASE);
    return ret;
}

/*
 * Where no agent comes, an attempt takes all the time for connecting. Those who waited for it share its
 * outcome: one after the other, the last of many would wait for as many times that long.
 */
int current_connection(struct connection **connection, bool *fresh)
{
    unsigned int before = failures();
    int ret = VACCEL_EREMOTEIO;

    *fresh = false;
    platform_lock(&current.lock);
    if (failures() == before || current.connection)
        ret = try_to_connect(fresh);
    else
        vaccel_error("no agent was reached while others tried, as said above");
    if (ret == VACCEL_OK)
        *connection = connection_hold(current.connection);
    platform_unlock(&current.lock);
    return ret;
}
