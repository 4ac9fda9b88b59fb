/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/front_end.h"
#include "agent/broker/config_space.h"
#include "agent/broker/front_end_requests.h"
#include "agent/broker/let_go.h"
#include "agent/log.h"
#include "stream/address.h"
#include "virtio/virtio.h"

#include <errno.h>
#include <string.h>

enum { REQUESTS_A_TURN = 64 };

static struct log_budget budget = {.lock = PTHREAD_MUTEX_INITIALIZER};

void front_end_init(struct front_end *front, uint32_t device, const char *address)
{
    size_t i;

    *front = (struct front_end){.socket = -1, .device = device, .address = address};
    for (i = 0; i < RINGS_MOST; i++)
        front->rings[i] = (struct ring){.kick = -1, .call = -1};
}

static void forget(struct front_end *front)
{
    _Atomic uint32_t *told = front->told;

    front_end_init(front, front->device, front->address);
    front->told = told;
}

void front_end_begin(struct front_end *front, int socket)
{
    forget(front);
    front->socket = socket;
    address_describe_peer(socket, front->peer, sizeof(front->peer));
    vhost_receiver_begin(&front->receiver, false);
    front->receiver.let_go = let_go;
}

static void close_event(int *fd)
{
    if (*fd >= 0)
        let_go(*fd);
    *fd = -1;
}

void front_end_end(struct front_end *front)
{
    size_t i;

    if (front->socket < 0)
        return;
    vhost_receiver_end(&front->receiver);
    memory_table_clear(&front->memory);
    for (i = 0; i < RINGS_MOST; i++) {
        close_event(&front->rings[i].kick);
        close_event(&front->rings[i].call);
    }
    let_go(front->socket);
    forget(front);
}

void front_end_blame(const struct front_end *front, const char *sentence)
{
    if (agent_log_allows(&budget))
        agent_warn("%s: %s: %s", front->address, front->peer, sentence);
}

/* Descriptors stay: none is for the other side. */
static bool reply_to(const struct front_end *front, struct vhost_message *reply)
{
    reply->header.flags = VHOST_USER_REPLY;
    if (vhost_send(front->socket, reply))
        return true;
    if (errno != EPIPE && errno != ECONNRESET) /* it is not gone */
        front_end_blame(front, "the front end does not take its answers: it is disconnected");
    return false;
}

static bool acknowledge(const struct front_end *front, const struct vhost_header *header,
                        uint64_t number)
{
    struct vhost_message reply = {.header = {.request = header->request, .size = sizeof(number)},
                                  .body.u64 = number};

    if (!(header->flags & VHOST_USER_NEED_REPLY) ||
        !(front->protocol_features & VIRTIO_BIT(VHOST_USER_PROTOCOL_F_REPLY_ACK)))
        return true;
    return reply_to(front, &reply);
}

static bool holds(const struct memory_table *memory, const struct ring *ring)
{
    return memory_table_holds(memory, ring->desc, virtq_desc_bytes(ring->size), VIRTQ_DESC_ALIGN) &&
           memory_table_holds(memory, ring->avail, virtq_avail_bytes(ring->size),
                              VIRTQ_AVAIL_ALIGN) &&
           memory_table_holds(memory, ring->used, virtq_used_bytes(ring->size), VIRTQ_USED_ALIGN);
}

static bool is_set_up(const struct front_end *front, const struct ring *ring)
{
    return ring->is_started && ring->size && ring->has_addresses && front->memory.nr_regions;
}

static bool rings_are_held(const struct front_end *front)
{
    size_t i;

    for (i = 0; i < RINGS_MOST; i++)
        if (is_set_up(front, &front->rings[i]) && !holds(&front->memory, &front->rings[i]))
            return false;
    return true;
}

/* Without the protocol's features a ring need not be enabled. */
bool front_end_is_running(const struct front_end *front)
{
    bool enables = front->features & VIRTIO_BIT(VHOST_USER_F_PROTOCOL_FEATURES);
    size_t i;

    for (i = 0; i < config_space_served(front->device); i++)
        if (!is_set_up(front, &front->rings[i]) || (enables && !front->rings[i].is_enabled))
            return false;
    return true;
}

/* In which order memory and rings are set up is the front end's choice, so both are seen together. */
static enum request_outcome carry_out(struct front_end *front, struct vhost_message *reply)
{
    struct vhost_message *message = &front->receiver.message;
    enum request_outcome outcome = front_end_request(front, message, reply);

    if (outcome == REQUEST_DONE && !rings_are_held(front))
        return front_end_wrong(front, "a ring does not lie in the memory, or not at addresses as "
                                      "virtio wants them");
    return outcome;
}

static enum front_end_news complain(const struct front_end *front)
{
    if (agent_log_allows(&budget))
        agent_warn("%s: %s does not keep to vhost-user: %s", front->address, front->peer,
                   front->fault);
    return FRONT_END_IS_GONE;
}

static enum front_end_news take_message(struct front_end *front)
{
    struct vhost_message reply = {.header = front->receiver.message.header};
    const struct vhost_header asked = reply.header;
    enum request_outcome outcome = carry_out(front, &reply);
    bool goes_on = true;

    if (front->has_changed && front->told)
        atomic_fetch_add(front->told, 1);
    switch (outcome) {
    case REQUEST_DONE:
        goes_on = acknowledge(front, &asked, 0);
        break;
    case REQUEST_REFUSED:
        goes_on = acknowledge(front, &asked, 1);
        break;
    case REQUEST_REPLIED:
        goes_on = reply_to(front, &reply);
        break;
    case REQUEST_STOPS:
        return FRONT_END_STOPS;
    case REQUEST_WRONG:
        return complain(front);
    }
    return goes_on ? FRONT_END_LISTENS : FRONT_END_IS_GONE;
}

enum front_end_news front_end_hear(struct front_end *front)
{
    enum front_end_news news = FRONT_END_LISTENS;
    int left = REQUESTS_A_TURN;

    while (news == FRONT_END_LISTENS && left--) {
        switch (vhost_receive(&front->receiver, front->socket)) {
        case VHOST_COMPLETE:
            news = take_message(front);
            break;
        case VHOST_INCOMPLETE:
            return FRONT_END_LISTENS;
        case VHOST_CLOSED:
            return FRONT_END_IS_GONE;
        case VHOST_WRONG:
            front_end_wrong(front, "%s %llu", front->receiver.fault.what,
                            (unsigned long long)front->receiver.fault.value);
            return complain(front);
        }
    }
    return news;
}

bool front_end_is_midway(const struct front_end *front)
{
    return front->receiver.got > 0;
}

bool front_end_stopped(struct front_end *front, const uint16_t next[DEVICE_RINGS_MOST])
{
    struct ring *ring = &front->rings[front->stopping];
    struct vhost_message reply = {
        .header = {.request = VHOST_USER_GET_VRING_BASE, .size = sizeof(reply.body.state)}};
    size_t i;

    for (i = 0; i < config_space_served(front->device); i++)
        front->rings[i].base = next[i];
    ring->is_started = false;
    close_event(&ring->kick);
    reply.body.state = (struct vhost_vring_state){front->stopping, ring->base};
    return reply_to(front, &reply);
}

/* Returns how many descriptors it has, which are put to @fds. */
static size_t describe_ring(const struct ring *ring, struct device_ring *to, int *fds)
{
    size_t count = 0;

    *to = (struct device_ring){.desc = ring->desc,
                               .avail = ring->avail,
                               .used = ring->used,
                               .size = ring->size,
                               .base = ring->base,
                               .has_kick = ring->kick >= 0,
                               .has_call = ring->call >= 0};
    if (to->has_kick)
        fds[count++] = ring->kick;
    if (to->has_call)
        fds[count++] = ring->call;
    return count;
}

size_t front_end_state(const struct front_end *front, struct device_state *state, int *fds)
{
    size_t count = front->memory.nr_regions;
    size_t i;

    *state = (struct device_state){.features = front->features,
                                   .nr_regions = front->memory.nr_regions,
                                   .nr_rings = config_space_served(front->device),
                                   .told = front->told ? atomic_load(front->told) : 0,
                                   .is_running = front_end_is_running(front),
                                   .has_front = true};
    memcpy(state->regions, front->memory.regions, count * sizeof(struct vhost_region));
    memcpy(fds, front->memory.fds, count * sizeof(int));
    for (i = 0; i < state->nr_rings; i++)
        count += describe_ring(&front->rings[i], &state->rings[i], fds + count);
    fds[count++] = front->socket;
    return count;
}
