/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/machines/watches.h"

#include <errno.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

/* Who could not enter a directory may be allowed to. */
static const unsigned int changes = IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_ATTRIB;

bool watches_begin(struct watches *watches)
{
    watches->count = watches->next = 0;
    watches->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    return watches->fd >= 0;
}

void watches_end(struct watches *watches)
{
    close(watches->fd);
    watches->fd = -1;
}

static bool find(struct watches *watches, int number)
{
    size_t i;

    for (i = 0; i < watches->count; i++) {
        size_t at = (watches->next + i) % watches->count;

        if (watches->list[at].number == number) {
            watches->next = at;
            return true;
        }
    }
    return false;
}

/* One that is watched already keeps its number. */
int watches_want(struct watches *watches, int directory)
{
    char path[sizeof("/proc/self/fd/") + 10];
    int number;

    snprintf(path, sizeof(path), "/proc/self/fd/%d", directory);
    number = inotify_add_watch(watches->fd, path, changes | IN_ONLYDIR);
    if (number < 0)
        return errno;
    if (!find(watches, number)) {
        if (watches->count == WATCHES_MOST) {
            inotify_rm_watch(watches->fd, number);
            return ENOSPC;
        }
        watches->next = watches->count++;
        watches->list[watches->next].number = number;
    }
    watches->list[watches->next].is_wanted = true;
    watches->next++;
    return 0;
}

void watches_sweep(struct watches *watches)
{
    size_t kept = 0;
    size_t i;

    for (i = 0; i < watches->count; i++) {
        if (watches->list[i].is_wanted)
            watches->list[kept++] = (struct watch){.number = watches->list[i].number};
        else
            inotify_rm_watch(watches->fd, watches->list[i].number);
    }
    watches->count = kept;
    watches->next = 0;
}

void watches_drain(const struct watches *watches)
{
    char events[4096];

    while (read(watches->fd, events, sizeof(events)) > 0)
        ;
}
