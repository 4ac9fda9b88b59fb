/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/machines/machine.h"
#include "stream/address.h"
#include "vaccel/error.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/*
 * The file belongs to the agent, and may not be open to all. The VMM works in the directory, as the user
 * to whom that belongs, or as root. That user could have put a link to another's file here by now: only a
 * socket that was made by this process and has no other name is given away.
 */
static int give_to_owner(const struct machine *machine)
{
    int file = openat(machine->directory, machine->file, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    struct stat owner, status;
    int error = 0;

    if (file < 0)
        return errno;
    if (fstat(machine->directory, &owner) || fstat(file, &status))
        error = errno;
    else if (!S_ISSOCK(status.st_mode) || status.st_nlink != 1 || status.st_uid != geteuid())
        error = EEXIST;
    else if (owner.st_uid && owner.st_uid != status.st_uid &&
             fchownat(file, "", owner.st_uid, owner.st_gid, AT_EMPTY_PATH))
        error = errno;
    close(file);
    return error;
}

/* By the directory's descriptor: the whole path may be too long for a socket, and may change. */
static int listen_there(struct machine *machine, const char *called, char *why, size_t size)
{
    char address[sizeof("unix:///proc/self/fd//") + 10 + sizeof(machine->file)];

    snprintf(address, sizeof(address), "unix:///proc/self/fd/%d/%s", machine->directory,
             machine->file);
    return address_listen_as(called, address, &machine->fd, why, size);
}

static bool open_machine(struct machine *machine, uint32_t port, struct troubles *troubles)
{
    char called[MACHINE_PATH_SIZE + 16];
    char why[ADDRESS_WHY_SIZE];
    int error;

    snprintf(called, sizeof(called), "%s_%" PRIu32, machine->path, port);
    if (listen_there(machine, called, why, sizeof(why))) {
        troubles_tell(troubles, "machine %s: %s", machine->name, why);
        return false;
    }
    error = give_to_owner(machine);
    if (error)
        troubles_tell(troubles,
                      "machine %s: its VMM may be refused at %s, which cannot be given to the "
                      "directory's owner: %s",
                      machine->name, called, strerror(error));
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
    if (machine->directory >= 0 && open_machine(machine, port, troubles))
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
        close(machine->fd);
    if (machine->directory >= 0)
        close(machine->directory);
    free(machine);
}
