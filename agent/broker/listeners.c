/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/listeners.h"
#include "agent/log.h"
#include "stream/address.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* NULL unless it is a unix socket's. */
static const char *path_of(const struct listener *listener)
{
    static const char scheme[] = "unix://";

    if (strncmp(listener->address, scheme, sizeof(scheme) - 1) != 0)
        return NULL;
    return listener->address + sizeof(scheme) - 1;
}

static bool open_one(struct listener *listener, const char *address)
{
    char why[ADDRESS_WHY_SIZE];

    if (address_listen(address, &listener->fd, why, sizeof(why))) {
        agent_error("%s", why);
        return false;
    }
    snprintf(listener->address, sizeof(listener->address), "%s", address);
    if (path_of(listener))
        lstat(path_of(listener), &listener->file);
    else
        address_describe(listener->fd, listener->address, sizeof(listener->address));
    return true;
}

bool listeners_open(struct listeners *listeners, const struct settings *settings)
{
    memset(listeners, 0, sizeof(*listeners));
    while (listeners->count < settings->nr_listen) {
        if (!open_one(&listeners->list[listeners->count], settings->listen[listeners->count])) {
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
    const char *path = path_of(listener);
    struct stat now;

    if (path && lstat(path, &now) == 0 && now.st_ino == listener->file.st_ino &&
        now.st_dev == listener->file.st_dev)
        unlink(path);
}

void listeners_close(struct listeners *listeners)
{
    while (listeners->count) {
        struct listener *listener = &listeners->list[--listeners->count];

        remove_own_file(listener);
        close(listener->fd);
    }
}
