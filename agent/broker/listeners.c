/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/listeners.h"
#include "agent/broker/let_go.h"
#include "agent/log.h"
#include "stream/address.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Of others than unix sockets it tells the port. */
static void describe(struct listener *listener, const char *address)
{
    if (address_path(address, listener->path, sizeof(listener->path))) {
        snprintf(listener->address, sizeof(listener->address), "%s", address);
        lstat(listener->path, &listener->file);
    } else {
        address_describe(listener->fd, listener->address, sizeof(listener->address));
    }
}

static bool open_one(struct listener *listener, const char *address)
{
    char why[ADDRESS_WHY_SIZE];

    if (address_listen(address, &listener->fd, why, sizeof(why))) {
        agent_error("%s", why);
        return false;
    }
    listener->device = address_device(address);
    describe(listener, address);
    return true;
}

static bool is_of_machines(const char *address)
{
    char path[ADDRESS_SIZE];
    uint32_t port;

    return address_machines(address, path, sizeof(path), &port);
}

bool listeners_open(struct listeners *listeners, const struct settings *settings)
{
    size_t i;

    memset(listeners, 0, sizeof(*listeners));
    for (i = 0; i < settings->nr_listen; i++) {
        if (is_of_machines(settings->listen[i]))
            continue;
        if (!open_one(&listeners->list[listeners->count], settings->listen[i])) {
            listeners_close(listeners);
            return false;
        }
        listeners->count++;
    }
    return true;
}

/* It may be another agent's by now. */
static void remove_own_file(const struct listener *listener)
{
    struct stat now;

    if (listener->path[0] && lstat(listener->path, &now) == 0 &&
        now.st_ino == listener->file.st_ino && now.st_dev == listener->file.st_dev)
        unlink(listener->path);
}

void listeners_close(struct listeners *listeners)
{
    while (listeners->count) {
        struct listener *listener = &listeners->list[--listeners->count];

        remove_own_file(listener);
        let_go(listener->fd);
    }
}
