/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/notify.h"
#include "agent/log.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void send_to(const char *path, const char *state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return;
    memcpy(address.sun_path, path, length);
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    if (sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, size) < 0)
        agent_warn("cannot tell %s to the service manager at %s: %s", state, path, strerror(errno));
    close(fd);
}

void notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");

    if (!path || !path[0])
        return;
    if (strlen(path) < sizeof(((struct sockaddr_un *)NULL)->sun_path))
        send_to(path, state);
    else
        agent_warn("the path in NOTIFY_SOCKET is too long: %s", path);
}
