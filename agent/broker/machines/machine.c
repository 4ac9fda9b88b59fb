/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/machines/machine.h"
#include "agent/broker/let_go.h"
#include "stream/address.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <unistd.h>

static void name_file(const struct sighting *sighting, uint32_t port, char *file, size_t size)
{
    snprintf(file, size, "%s_%" PRIu32, sighting->file, port);
}

bool machine_find_file(const struct sighting *sighting, uint32_t port, struct stat *status)
{
    char file[sizeof(((struct machine *)NULL)->file)];

    name_file(sighting, port, file, sizeof(file));
    return fstatat(sighting->directory, file, status, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

bool machine_is_at(const struct machine *machine, const struct stat *status)
{
    return is_same_file(&machine->status, status);
}

/* False: the agent has not the right to. */
static bool act_as(uid_t user, gid_t group)
{
    setfsgid(group);
    setfsuid(user);
    /* The only way to learn it: to ask for somebody who cannot be. */
    return (uid_t)setfsuid((uid_t)-1) == user && (gid_t)setfsgid((gid_t)-1) == group;
}

/* By the directory's descriptor: the whole path may be too long for a socket, and may change. */
static int listen_there(struct machine *machine, const char *called, char *why, size_t size)
{
    char address[sizeof("unix:///proc/self/fd//") + 10 + sizeof(machine->file)];

    snprintf(address, sizeof(address), "unix:///proc/self/fd/%d/%s", machine->directory,
             machine->file);
    return address_listen_as(called, address, &machine->fd, why, size);
}

/*
 * The file may not be open to all, and the VMM works in the directory as the user to whom that belongs, or
 * as root. So it is made in that user's name, and with no more than his rights: he can put anything in its
 * place at any moment, and to give away afterwards what lies there could give him what is another's.
 */
static int listen_for_owner(struct machine *machine, const char *called, struct troubles *troubles,
                            char *why, size_t size)
{
    struct stat owner;
    int ret;

    if (fstat(machine->directory, &owner) || !owner.st_uid || owner.st_uid == geteuid())
        return listen_there(machine, called, why, size);
    if (!act_as(owner.st_uid, owner.st_gid)) {
        act_as(geteuid(), getegid());
        troubles_tell(troubles,
                      "machine %s: its VMM may be refused at %s, which cannot be made in the name "
                      "of the directory's owner: let the agent run as root, or as that user",
                      machine->name, called);
    }
    ret = listen_there(machine, called, why, size);
    act_as(geteuid(), getegid());
    return ret;
}

static bool open_machine(struct machine *machine, uint32_t port, struct troubles *troubles)
{
    char called[MACHINE_PATH_SIZE + 16];
    char why[ADDRESS_WHY_SIZE];

    snprintf(called, sizeof(called), "%s_%" PRIu32, machine->path, port);
    if (listen_for_owner(machine, called, troubles, why, sizeof(why))) {
        troubles_tell(troubles, "machine %s: %s", machine->name, why);
        return false;
    }
    return fstatat(machine->directory, machine->file, &machine->status, AT_SYMLINK_NOFOLLOW) == 0;
}

struct machine *machine_begin(const struct sighting *sighting, uint32_t port,
                              struct troubles *troubles)
{
    struct machine *machine = calloc(1, sizeof(*machine));

    if (!machine)
        return NULL;
    machine->fd = -1;
    machine->directory = fcntl(sighting->directory, F_DUPFD_CLOEXEC, 0);
    name_file(sighting, port, machine->file, sizeof(machine->file));
    snprintf(machine->name, sizeof(machine->name), "%s", sighting->machine);
    snprintf(machine->path, sizeof(machine->path), "%s", sighting->path);
    if (machine->directory < 0)
        troubles_tell(troubles, "machine %s: %s", machine->name, strerror(errno));
    else if (open_machine(machine, port, troubles))
        return machine;
    machine_end(machine);
    return NULL;
}

/* It may be another's by now. */
static void remove_own_file(const struct machine *machine)
{
    struct stat now;

    if (fstatat(machine->directory, machine->file, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
        is_same_file(&machine->status, &now))
        unlinkat(machine->directory, machine->file, 0);
}

void machine_end(struct machine *machine)
{
    if (machine->directory >= 0)
        remove_own_file(machine);
    if (machine->fd >= 0)
        let_go(machine->fd);
    if (machine->directory >= 0)
        close(machine->directory);
    free(machine);
}
