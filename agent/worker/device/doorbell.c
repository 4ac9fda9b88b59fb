/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/device/doorbell.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { LOOK_MS = 1 }; /* between two looks at a ring whose driver cannot kick */

/* Edges are told once for each write, so that nobody needs to read the events to clear them. */
static bool listen_to(struct doorbell *doorbell, int event)
{
    struct epoll_event wanted = {.events = EPOLLIN | EPOLLET};

    return epoll_ctl(doorbell->poller, EPOLL_CTL_ADD, event, &wanted) == 0;
}

bool doorbell_begin(struct doorbell *doorbell)
{
    doorbell->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    doorbell->kick = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    doorbell->poller = epoll_create1(EPOLL_CLOEXEC);
    return doorbell->wake >= 0 && doorbell->kick >= 0 && doorbell->poller >= 0 &&
           listen_to(doorbell, doorbell->wake);
}

void doorbell_end(struct doorbell *doorbell)
{
    close(doorbell->poller);
    close(doorbell->kick);
    close(doorbell->wake);
}

bool doorbell_set_kick(struct doorbell *doorbell, int kick)
{
    bool can_be_heard;

    if (atomic_exchange(&doorbell->has_kick, false))
        epoll_ctl(doorbell->poller, EPOLL_CTL_DEL, doorbell->kick,
                  NULL); /* the broker has it too */
    atomic_store(&doorbell->blocks, false);
    if (kick < 0)
        return true;
    can_be_heard =
        dup3(kick, doorbell->kick, O_CLOEXEC) >= 0 && listen_to(doorbell, doorbell->kick);
    close(kick);
    if (can_be_heard) {
        atomic_store(&doorbell->blocks, !(fcntl(doorbell->kick, F_GETFL) & O_NONBLOCK));
        atomic_store(&doorbell->has_kick, true);
    }
    return can_be_heard;
}

static void raise_event(int event)
{
    const uint64_t one = 1;

    if (write(event, &one, sizeof(one)) < 0)
        return; /* it is raised as high as can be */
}

void doorbell_wake(struct doorbell *doorbell)
{
    raise_event(doorbell->wake);
    if (atomic_load(&doorbell->blocks))
        raise_event(doorbell->kick);
}

void doorbell_sleep(struct doorbell *doorbell, bool has_ring)
{
    bool looks = has_ring && !atomic_load(&doorbell->has_kick);
    struct epoll_event event;
    uint64_t count;

    if (atomic_load(&doorbell->blocks) &&
        read(doorbell->kick, &count, sizeof(count)) == sizeof(count))
        return;
    epoll_wait(doorbell->poller, &event, 1, looks ? LOOK_MS : -1);
}
