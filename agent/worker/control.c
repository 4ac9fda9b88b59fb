/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/control.h"
#include "agent/packet.h"

#include <errno.h>
#include <sys/socket.h>
#include <time.h>

enum { PAUSE_MS = 100 };

void control_send(const struct control_message *message)
{
    const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000};

    while (send(CONTROL_FD, message, sizeof(*message), MSG_NOSIGNAL) < 0) {
        if (errno == ENOBUFS || errno == ENOMEM)
            nanosleep(&pause, NULL);
        else if (errno != EINTR)
            return;
    }
}

bool control_receive(void *data, size_t size, int *fds, size_t room)
{
    return packet_receive(CONTROL_FD, 0, data, size, fds, room);
}
