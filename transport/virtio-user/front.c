/* SPDX-License-Identifier: Apache-2.0 */
#include "virtio-user/front.h"

#include "stream/address.h"
#include "vaccel.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Every reply comes at once but that to a stop, before which a hanging worker may be replaced. */
enum { REPLY_MS = 10000, LET_GO_MS = 10000 };

/* Bytes of the path of a unix socket, without its NUL. */
enum { PATH_MOST = sizeof(((struct sockaddr_un *)0)->sun_path) - 1 };

int front_connect(struct front *front, const char *path, unsigned int timeout_ms)
{
    char address[sizeof(front->name)];
    char why[ADDRESS_WHY_SIZE];
    int ret;

    front->socket = -1;
    if (path[0] != '/' || strlen(path) > PATH_MOST) {
        vaccel_error(
            "the address virtio://%s is wrong: the path must begin with / and have at most %d "
            "bytes: write virtio:///run/app.sock",
            path, PATH_MOST);
        return VACCEL_EINVAL;
    }
    snprintf(front->name, sizeof(front->name), "virtio://%s", path);
    snprintf(address, sizeof(address), "unix://%s", path);
    ret = address_connect(address, timeout_ms, &front->socket, why, sizeof(why));
    if (ret != VACCEL_OK) {
        vaccel_error("no agent can be reached: %s; start one with --listen vhost-user://%s", why,
                     path);
        return ret;
    }
    front->acks = false;
    vhost_receiver_begin(&front->receiver, true);
    return VACCEL_OK;
}

void front_close(struct front *front)
{
    if (front->socket < 0)
        return;
    vhost_receiver_end(&front->receiver);
    close(front->socket);
    front->socket = -1;
}

static int refuse(const struct front *front, const char *what, uint64_t value)
{
    vaccel_error("%s: the agent does not keep to vhost-user: %s (%llu)", front->name, what,
                 (unsigned long long)value);
    return VACCEL_EREMOTEIO;
}

static int send_request(struct front *front, const struct vhost_message *message)
{
    if (vhost_send(front->socket, message))
        return VACCEL_OK;
    if (errno == EPIPE || errno == ECONNRESET)
        vaccel_error(
            "%s: the agent closed the connection: its log may say why, such as too many programs "
            "there for its setting front_ends",
            front->name);
    else
        vaccel_error("%s: sending request %u failed: %s", front->name, message->header.request,
                     strerror(errno));
    return VACCEL_EREMOTEIO;
}

/* One of @size bytes; of a GET_CONFIG it may also be empty. */
static int check_reply(const struct front *front, uint32_t request, uint32_t size)
{
    const struct vhost_header *header = &front->receiver.message.header;

    if (header->request != request)
        return refuse(front, "reply to another request", header->request);
    if (header->size != size && (request != VHOST_USER_GET_CONFIG || header->size))
        return refuse(front, "size of a reply", header->size);
    return VACCEL_OK;
}

static int receive_reply(struct front *front, uint32_t request, uint32_t size)
{
    struct vhost_receiver *receiver = &front->receiver;

    switch (vhost_receive_within(receiver, front->socket, REPLY_MS)) {
    case VHOST_COMPLETE:
        return check_reply(front, request, size);
    case VHOST_INCOMPLETE:
        vaccel_error("%s: no reply to request %u within %d ms: is it an agent that listens there?",
                     front->name, request, REPLY_MS);
        return VACCEL_EREMOTEIO;
    case VHOST_CLOSED:
        vaccel_error("%s: the agent closed the connection%s%s; its log may say why, such as too "
                     "many programs "
                     "there for its setting front_ends",
                     front->name, errno ? ": " : "", errno ? strerror(errno) : "");
        return VACCEL_EREMOTEIO;
    default:
        return refuse(front, receiver->fault.what, receiver->fault.value);
    }
}

/* Send a request that has a reply of @size bytes. */
static int ask(struct front *front, struct vhost_message *message, uint32_t size)
{
    int ret = send_request(front, message);

    return ret == VACCEL_OK ? receive_reply(front, message->header.request, size) : ret;
}

/* Send a request that has none of its own. */
static int tell(struct front *front, struct vhost_message *message)
{
    int ret;

    if (!front->acks)
        return send_request(front, message);
    message->header.flags |= VHOST_USER_NEED_REPLY;
    ret = ask(front, message, sizeof(uint64_t));
    if (ret == VACCEL_OK && front->receiver.message.body.u64)
        return refuse(front, "it refused request", message->header.request);
    return ret;
}

static int ask_u64(struct front *front, uint32_t request, uint64_t *value)
{
    struct vhost_message message = {.header = {.request = request}};
    int ret = ask(front, &message, sizeof(*value));

    *value = ret == VACCEL_OK ? front->receiver.message.body.u64 : 0;
    return ret;
}

/* @fd  comes along, unless it is -1 */
static int tell_u64(struct front *front, uint32_t request, uint64_t value, int fd)
{
    struct vhost_message message = {
        .header = {.request = request, .size = sizeof(value)},
        .body = {.u64 = value},
        .fds = {fd},
        .nr_fds = fd >= 0,
    };

    return tell(front, &message);
}

static int tell_state(struct front *front, uint32_t request, uint32_t value)
{
    struct vhost_message message = {
        .header = {.request = request, .size = sizeof(message.body.state)},
        .body = {.state = {.index = 0, .num = value}},
    };

    return tell(front, &message);
}

static int tell_owner(struct front *front)
{
    struct vhost_message message = {.header = {.request = VHOST_USER_SET_OWNER}};

    return tell(front, &message);
}

static int negotiate_protocol(struct front *front)
{
    const uint64_t needed = VIRTIO_BIT(VHOST_USER_PROTOCOL_F_CONFIG);
    const uint64_t acks = VIRTIO_BIT(VHOST_USER_PROTOCOL_F_REPLY_ACK);
    uint64_t offered;
    int ret = ask_u64(front, VHOST_USER_GET_PROTOCOL_FEATURES, &offered);

    if (ret == VACCEL_OK && !(offered & needed)) {
        vaccel_error("%s: the device there has no configuration space that can be read",
                     front->name);
        return VACCEL_ENODEV;
    }
    if (ret == VACCEL_OK)
        ret = tell_u64(front, VHOST_USER_SET_PROTOCOL_FEATURES, needed | (offered & acks), -1);
    front->acks = offered & acks;
    return ret;
}

int front_negotiate(struct front *front, uint64_t needed, uint64_t liked, uint64_t *features)
{
    uint64_t offered;
    int ret = ask_u64(front, VHOST_USER_GET_FEATURES, &offered);

    needed |= VIRTIO_BIT(VHOST_USER_F_PROTOCOL_FEATURES);
    if (ret == VACCEL_OK && needed & ~offered) {
        vaccel_error("%s: the device there lacks features 0x%llx", front->name,
                     (unsigned long long)(needed & ~offered));
        return VACCEL_ENODEV;
    }
    *features = needed | (liked & offered);
    if (ret == VACCEL_OK)
        ret = negotiate_protocol(front);
    if (ret == VACCEL_OK)
        ret = tell_owner(front);
    return ret == VACCEL_OK ? tell_u64(front, VHOST_USER_SET_FEATURES, *features, -1) : ret;
}

int front_read_config(struct front *front, uint32_t offset, void *data, uint32_t size,
                      bool *is_there)
{
    const struct vhost_message *reply = &front->receiver.message;
    uint32_t body = (uint32_t)offsetof(struct vhost_config, data) + size;
    struct vhost_message message = {
        .header = {.request = VHOST_USER_GET_CONFIG, .size = body},
        .body = {.config = {.offset = offset, .size = size}},
    };
    int ret = ask(front, &message, body);

    if (ret != VACCEL_OK)
        return ret;
    *is_there = reply->header.size == body && reply->body.config.size == size;
    if (*is_there)
        memcpy(data, reply->body.config.data, size);
    return VACCEL_OK;
}

static int tell_memory(struct front *front, const struct front_memory *memory)
{
    const struct vhost_region region = {
        .guest_address = (uintptr_t)memory->base,
        .size = memory->size,
        .front_address = (uintptr_t)memory->base,
    };
    struct vhost_message message = {
        .header = {.request = VHOST_USER_SET_MEM_TABLE,
                   .size = offsetof(struct vhost_memory, regions) + sizeof(region)},
        .body = {.memory = {.nr_regions = 1, .regions = {region}}},
        .fds = {memory->fd},
        .nr_fds = 1,
    };

    return tell(front, &message);
}

static int tell_addresses(struct front *front, const struct front_ring *ring)
{
    struct vhost_message message = {
        .header = {.request = VHOST_USER_SET_VRING_ADDR, .size = sizeof(message.body.addr)},
        .body = {.addr = {.desc = (uintptr_t)ring->desc,
                          .used = (uintptr_t)ring->used,
                          .avail = (uintptr_t)ring->avail}},
    };

    return tell(front, &message);
}

int front_start(struct front *front, const struct front_memory *memory,
                const struct front_ring *ring)
{
    int ret = tell_memory(front, memory);

    if (ret == VACCEL_OK)
        ret = tell_state(front, VHOST_USER_SET_VRING_NUM, ring->size);
    if (ret == VACCEL_OK)
        ret = tell_state(front, VHOST_USER_SET_VRING_BASE, 0);
    if (ret == VACCEL_OK)
        ret = tell_addresses(front, ring);
    if (ret == VACCEL_OK)
        ret = tell_u64(front, VHOST_USER_SET_VRING_CALL, 0, ring->call);
    if (ret == VACCEL_OK)
        ret = tell_u64(front, VHOST_USER_SET_VRING_KICK, 0, ring->kick);
    return ret == VACCEL_OK ? tell_state(front, VHOST_USER_SET_VRING_ENABLE, 1) : ret;
}

int front_stop(struct front *front)
{
    struct vhost_message message = {
        .header = {.request = VHOST_USER_GET_VRING_BASE, .size = sizeof(message.body.state)},
    };

    return ask(front, &message, sizeof(message.body.state));
}

void front_hang_up(struct front *front)
{
    if (front->socket >= 0)
        shutdown(front->socket, SHUT_WR);
}

/*
 * POLLHUP comes when both directions are closed: ours by the shutdown, the other when the last duplicate
 * of the other end is closed.
 */
void front_let_go(struct front *front)
{
    struct pollfd socket = {.fd = front->socket};
    int ready;

    if (front->socket < 0)
        return;
    front_hang_up(front);
    while ((ready = poll(&socket, 1, LET_GO_MS)) <= 0)
        if (!ready)
            vaccel_error(
                "%s: the agent still has this program's memory, though it was told to let go of "
                "it: waiting for that; end its worker to go on",
                front->name);
    front_close(front);
}

bool front_is_gone(const struct front *front)
{
    struct pollfd socket = {.fd = front->socket, .events = POLLIN | POLLRDHUP};

    return front->socket < 0 || poll(&socket, 1, 0) > 0;
}
