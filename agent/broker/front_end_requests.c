/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/front_end_requests.h"
#include "agent/broker/config_space.h"
#include "agent/broker/let_go.h"
#include "virtio/virtio.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    REGIONS_AT = offsetof(struct vhost_memory, regions),
    CONFIG_DATA_AT = offsetof(struct vhost_config, data),
    ANY_SIZE = -1,
};

static const uint64_t protocol_features = VIRTIO_BIT(VHOST_USER_PROTOCOL_F_MQ) |
                                          VIRTIO_BIT(VHOST_USER_PROTOCOL_F_REPLY_ACK) |
                                          VIRTIO_BIT(VHOST_USER_PROTOCOL_F_CONFIG);

enum request_outcome front_end_wrong(struct front_end *front, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(front->fault, sizeof(front->fault), format, arguments);
    va_end(arguments);
    return REQUEST_WRONG;
}

static enum request_outcome reply_number(struct vhost_message *reply, uint64_t number)
{
    reply->header.size = sizeof(reply->body.u64);
    reply->body.u64 = number;
    return REQUEST_REPLIED;
}

static enum request_outcome get_features(struct front_end *front, struct vhost_message *message,
                                         struct vhost_message *reply)
{
    (void)message;
    return reply_number(reply, config_space_features(front->device));
}

static bool any_is_started(const struct front_end *front)
{
    size_t i;

    for (i = 0; i < RINGS_MOST; i++)
        if (front->rings[i].is_started)
            return true;
    return false;
}

static enum request_outcome set_features(struct front_end *front, struct vhost_message *message,
                                         struct vhost_message *reply)
{
    uint64_t features = message->body.u64;

    (void)reply;
    if (features & ~config_space_features(front->device))
        return front_end_wrong(front, "the features 0x%llx were not all offered",
                               (unsigned long long)features);
    if (any_is_started(front) && features != front->features)
        return front_end_wrong(front, "the features change while a ring is running");
    front->features = features;
    front->has_changed = true;
    return REQUEST_DONE;
}

static enum request_outcome get_protocol_features(struct front_end *front,
                                                  struct vhost_message *message,
                                                  struct vhost_message *reply)
{
    (void)front, (void)message;
    return reply_number(reply, protocol_features);
}

static enum request_outcome set_protocol_features(struct front_end *front,
                                                  struct vhost_message *message,
                                                  struct vhost_message *reply)
{
    (void)reply;
    if (message->body.u64 & ~protocol_features)
        return front_end_wrong(front, "the features 0x%llx were not all offered",
                               (unsigned long long)message->body.u64);
    front->protocol_features = message->body.u64;
    return REQUEST_DONE;
}

static enum request_outcome get_queue_num(struct front_end *front, struct vhost_message *message,
                                          struct vhost_message *reply)
{
    (void)message;
    return reply_number(reply, config_space_queues(front->device));
}

/* What asks for nothing that there is. */
static enum request_outcome ignore(struct front_end *front, struct vhost_message *message,
                                   struct vhost_message *reply)
{
    (void)front, (void)message, (void)reply;
    return REQUEST_DONE;
}

static enum request_outcome set_mem_table(struct front_end *front, struct vhost_message *message,
                                          struct vhost_message *reply)
{
    uint32_t count = message->body.memory.nr_regions;
    const char *fault;

    (void)reply;
    if (count > VHOST_REGIONS_MOST)
        return front_end_wrong(front, "there are %u regions of memory, and may be %d", count,
                               VHOST_REGIONS_MOST);
    if (message->header.size != REGIONS_AT + count * sizeof(struct vhost_region))
        return front_end_wrong(front, "%u bytes do not hold %u regions", message->header.size,
                               count);
    if (message->nr_fds != count)
        return front_end_wrong(front,
                               "%zu descriptors come with %u regions: give the VM's memory "
                               "share=on",
                               message->nr_fds, count);
    fault = memory_table_replace(&front->memory, message);
    if (fault)
        return front_end_wrong(front, "%s", fault);
    front->has_changed = true;
    return REQUEST_DONE;
}

/* NULL: there is none of that number. */
static struct ring *find_ring(struct front_end *front, uint32_t index)
{
    if (index < config_space_queues(front->device))
        return &front->rings[index];
    front_end_wrong(front, "there is no ring %u", index);
    return NULL;
}

static enum request_outcome set_vring_num(struct front_end *front, struct vhost_message *message,
                                          struct vhost_message *reply)
{
    struct ring *ring = find_ring(front, message->body.state.index);
    uint32_t size = message->body.state.num;

    (void)reply;
    if (!ring)
        return REQUEST_WRONG;
    if (size == 0 || size > DEVICE_QUEUE_MOST || size & (size - 1))
        return front_end_wrong(front,
                               "the ring has %u entries, which must be a power of two up "
                               "to %d",
                               size, DEVICE_QUEUE_MOST);
    if (ring->is_started && ring->size && size != ring->size)
        return front_end_wrong(front, "the ring is running, and its size cannot change");
    ring->size = size;
    front->has_changed = true;
    return REQUEST_DONE;
}

static enum request_outcome set_vring_addr(struct front_end *front, struct vhost_message *message,
                                           struct vhost_message *reply)
{
    const struct vhost_vring_addr *to = &message->body.addr;
    struct ring *ring = find_ring(front, to->index);

    (void)reply;
    if (!ring)
        return REQUEST_WRONG;
    if (ring->is_started && ring->has_addresses &&
        (ring->desc != to->desc || ring->avail != to->avail || ring->used != to->used))
        return front_end_wrong(front, "the ring is running, and cannot be moved");
    ring->desc = to->desc;
    ring->avail = to->avail;
    ring->used = to->used;
    ring->has_addresses = true;
    front->has_changed = true;
    return REQUEST_DONE;
}

static enum request_outcome set_vring_base(struct front_end *front, struct vhost_message *message,
                                           struct vhost_message *reply)
{
    struct ring *ring = find_ring(front, message->body.state.index);

    (void)reply;
    if (!ring)
        return REQUEST_WRONG;
    if (message->body.state.num > UINT16_MAX)
        return front_end_wrong(front, "%u is no index of a ring", message->body.state.num);
    if (ring->is_started)
        return front_end_wrong(front, "the ring is running, and its index is its own");
    ring->base = message->body.state.num;
    return REQUEST_DONE;
}

static enum request_outcome get_vring_base(struct front_end *front, struct vhost_message *message,
                                           struct vhost_message *reply)
{
    struct ring *ring = find_ring(front, message->body.state.index);

    if (!ring)
        return REQUEST_WRONG;
    front->stopping = message->body.state.index;
    if (front->stopping < config_space_served(front->device))
        return REQUEST_STOPS;
    ring->is_started = false;
    reply->header.size = sizeof(reply->body.state);
    reply->body.state = (struct vhost_vring_state){front->stopping, ring->base};
    return REQUEST_REPLIED;
}

/* Whether that can be told: others could make a worker wait when it reads or writes them. */
static bool is_eventfd(int fd)
{
    static const char eventfd[] = "anon_inode:[eventfd]";
    char link[sizeof("/proc/self/fd/") + 10];
    char target[sizeof(eventfd)];
    ssize_t length;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    length = readlink(link, target, sizeof(target));
    return length < 0 || (length == (ssize_t)sizeof(eventfd) - 1 &&
                          memcmp(target, eventfd, sizeof(eventfd) - 1) == 0);
}

static struct ring *find_event_ring(struct front_end *front, const struct vhost_message *message)
{
    return find_ring(front, (uint32_t)message->body.u64 & VHOST_USER_VRING_INDEX);
}

/* Checks the message, and moves its descriptor to @place; -1 is none. */
static bool take_event(struct front_end *front, struct vhost_message *message, int *place)
{
    bool has_fd = !(message->body.u64 & VHOST_USER_VRING_NOFD);

    if (message->nr_fds != has_fd) {
        front_end_wrong(front, "%zu descriptors come where there must be %d", message->nr_fds,
                        has_fd);
        return false;
    }
    if (has_fd && !is_eventfd(message->fds[0])) {
        front_end_wrong(front, "the descriptor is no eventfd");
        return false;
    }
    if (*place >= 0)
        let_go(*place);
    *place = has_fd ? message->fds[0] : -1;
    if (has_fd)
        message->fds[0] = -1;
    front->has_changed = true;
    return true;
}

static enum request_outcome set_vring_kick(struct front_end *front, struct vhost_message *message,
                                           struct vhost_message *reply)
{
    struct ring *ring = find_event_ring(front, message);

    (void)reply;
    if (!ring || !take_event(front, message, &ring->kick))
        return REQUEST_WRONG;
    ring->is_started = true;
    return REQUEST_DONE;
}

static enum request_outcome set_vring_call(struct front_end *front, struct vhost_message *message,
                                           struct vhost_message *reply)
{
    struct ring *ring = find_event_ring(front, message);

    (void)reply;
    return ring && take_event(front, message, &ring->call) ? REQUEST_DONE : REQUEST_WRONG;
}

/* There is no error to be told by it: what is wrong in the ring is answered in the ring. */
static enum request_outcome set_vring_err(struct front_end *front, struct vhost_message *message,
                                          struct vhost_message *reply)
{
    int none = -1;
    bool is_taken = find_event_ring(front, message) && take_event(front, message, &none);

    (void)reply;
    if (none >= 0)
        let_go(none);
    return is_taken ? REQUEST_DONE : REQUEST_WRONG;
}

/* Some front ends enable as many rings as they have processors. */
static enum request_outcome set_vring_enable(struct front_end *front, struct vhost_message *message,
                                             struct vhost_message *reply)
{
    (void)reply;
    if (message->body.state.num > 1)
        return front_end_wrong(front, "%u is neither 0 nor 1", message->body.state.num);
    if (message->body.state.index < config_space_queues(front->device)) {
        front->rings[message->body.state.index].is_enabled = message->body.state.num;
        front->has_changed = true;
    }
    return REQUEST_DONE;
}

static bool is_config(struct front_end *front, const struct vhost_message *message)
{
    const struct vhost_config *config = &message->body.config;

    if (message->header.size >= CONFIG_DATA_AT && config->size <= VHOST_CONFIG_MOST &&
        message->header.size == CONFIG_DATA_AT + config->size)
        return true;
    front_end_wrong(front,
                    "%u bytes do not hold %u of a configuration space, of which there may be "
                    "%d",
                    message->header.size, config->size, VHOST_CONFIG_MOST);
    return false;
}

static enum request_outcome get_config(struct front_end *front, struct vhost_message *message,
                                       struct vhost_message *reply)
{
    const struct vhost_config *asked = &message->body.config;

    if (!is_config(front, message))
        return REQUEST_WRONG;
    reply->body.config.offset = asked->offset;
    reply->body.config.size = asked->size;
    reply->body.config.flags = asked->flags;
    config_space_read(front->device, front->address, asked->offset, reply->body.config.data,
                      asked->size);
    return REQUEST_REPLIED;
}

static enum request_outcome set_config(struct front_end *front, struct vhost_message *message,
                                       struct vhost_message *reply)
{
    (void)reply;
    return is_config(front, message) ? REQUEST_REFUSED : REQUEST_WRONG;
}

struct request {
    uint32_t number;
    int size; /* of the body, unless ANY_SIZE */
    const char *name;
    size_t most_fds;
    enum request_outcome (*carry_out)(struct front_end *front, struct vhost_message *message,
                                      struct vhost_message *reply);
};

enum { U64 = sizeof(uint64_t), STATE = sizeof(struct vhost_vring_state) };

static const struct request requests[] = {
    {VHOST_USER_GET_FEATURES, 0, "GET_FEATURES", 0, get_features},
    {VHOST_USER_SET_FEATURES, U64, "SET_FEATURES", 0, set_features},
    {VHOST_USER_SET_OWNER, 0, "SET_OWNER", 0, ignore},
    {VHOST_USER_RESET_OWNER, 0, "RESET_OWNER", 0, ignore},
    {VHOST_USER_SET_MEM_TABLE, ANY_SIZE, "SET_MEM_TABLE", VHOST_FDS_MOST, set_mem_table},
    {VHOST_USER_SET_VRING_NUM, STATE, "SET_VRING_NUM", 0, set_vring_num},
    {VHOST_USER_SET_VRING_ADDR, sizeof(struct vhost_vring_addr), "SET_VRING_ADDR", 0,
     set_vring_addr},
    {VHOST_USER_SET_VRING_BASE, STATE, "SET_VRING_BASE", 0, set_vring_base},
    {VHOST_USER_GET_VRING_BASE, STATE, "GET_VRING_BASE", 0, get_vring_base},
    {VHOST_USER_SET_VRING_KICK, U64, "SET_VRING_KICK", 1, set_vring_kick},
    {VHOST_USER_SET_VRING_CALL, U64, "SET_VRING_CALL", 1, set_vring_call},
    {VHOST_USER_SET_VRING_ERR, U64, "SET_VRING_ERR", 1, set_vring_err},
    {VHOST_USER_GET_PROTOCOL_FEATURES, 0, "GET_PROTOCOL_FEATURES", 0, get_protocol_features},
    {VHOST_USER_SET_PROTOCOL_FEATURES, U64, "SET_PROTOCOL_FEATURES", 0, set_protocol_features},
    {VHOST_USER_GET_QUEUE_NUM, 0, "GET_QUEUE_NUM", 0, get_queue_num},
    {VHOST_USER_SET_VRING_ENABLE, STATE, "SET_VRING_ENABLE", 0, set_vring_enable},
    {VHOST_USER_GET_CONFIG, ANY_SIZE, "GET_CONFIG", 0, get_config},
    {VHOST_USER_SET_CONFIG, ANY_SIZE, "SET_CONFIG", 0, set_config},
};

static const struct request *find_request(uint32_t number)
{
    size_t i;

    for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
        if (requests[i].number == number)
            return &requests[i];
    return NULL;
}

/* Who waits for an answer would wait for ever, unless it wants to hear how it went. */
static enum request_outcome answer_unknown(struct front_end *front,
                                           const struct vhost_message *message)
{
    if (message->header.flags & VHOST_USER_NEED_REPLY &&
        front->protocol_features & VIRTIO_BIT(VHOST_USER_PROTOCOL_F_REPLY_ACK))
        return REQUEST_REFUSED;
    return front_end_wrong(front, "request %u belongs to no feature that was offered",
                           message->header.request);
}

static enum request_outcome carry_out(struct front_end *front, const struct request *request,
                                      struct vhost_message *message, struct vhost_message *reply)
{
    if (request->size != ANY_SIZE && message->header.size != (uint32_t)request->size)
        return front_end_wrong(front, "its body has %u bytes, and must have %d",
                               message->header.size, request->size);
    if (message->nr_fds > request->most_fds)
        return front_end_wrong(front, "%zu descriptors come where there must be no more than %zu",
                               message->nr_fds, request->most_fds);
    return request->carry_out(front, message, reply);
}

enum request_outcome front_end_request(struct front_end *front, struct vhost_message *message,
                                       struct vhost_message *reply)
{
    const struct request *request = find_request(message->header.request);
    enum request_outcome outcome;
    char fault[FAULT_SIZE];

    if (!request)
        return answer_unknown(front, message);
    outcome = carry_out(front, request, message, reply);
    if (outcome == REQUEST_WRONG) {
        memcpy(fault, front->fault, sizeof(fault));
        front_end_wrong(front, "%s: %.160s", request->name, fault);
    }
    return outcome;
}
