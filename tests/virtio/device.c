/* SPDX-License-Identifier: Apache-2.0 */
#include "device.h"

#include "stream/address.h"
#include "vhost/io.h"
#include "virtio/accel.h"
#include "virtio/virtio.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LOOK_MS = 5 };

/* One connection. */
static struct {
    int socket;
    int kick;
    int call;
    bool acks;
    bool enabled;
    unsigned char *memory;
    struct vhost_region region;
    uint32_t size;
    struct vhost_vring_addr addr;
    uint16_t taken;
    uint16_t returned;
    struct vhost_receiver receiver;
} ring;

static int listener;
static pthread_t thread;

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "the device of the test: %s\n", what);
    abort();
}

/* Not where the front end has it, though this is the same process. */
static void *at(uint64_t address, uint64_t size)
{
    uint64_t offset = address - ring.region.front_address;

    must(ring.memory && offset <= ring.region.size && size <= ring.region.size - offset,
         "an address outside of the memory");
    return ring.memory + offset;
}

static uint32_t answer(const struct virtq_desc *desc, const struct virtq_desc *head)
{
    const unsigned char *in = at(head->addr, head->len);
    const struct virtq_desc *out = head;
    unsigned char *to;
    uint32_t i;

    while (out->flags & VIRTQ_DESC_F_NEXT && !(out->flags & VIRTQ_DESC_F_WRITE))
        out = &desc[out->next];
    if (!(out->flags & VIRTQ_DESC_F_WRITE))
        return 0;
    to = at(out->addr, out->len);
    for (i = 0; i < out->len && i < head->len; i++)
        to[i] = (unsigned char)(in[i] + 1);
    return i;
}

static void serve(void)
{
    struct virtq_desc *desc = at(ring.addr.desc, virtq_desc_bytes(ring.size));
    struct virtq_avail *avail = at(ring.addr.avail, virtq_avail_bytes(ring.size));
    struct virtq_used *used = at(ring.addr.used, virtq_used_bytes(ring.size));
    uint16_t before = ring.returned;
    const uint64_t one = 1;
    uint16_t head;

    while (__atomic_load_n(&avail->idx, __ATOMIC_SEQ_CST) != ring.taken) {
        head = avail->ring[ring.taken++ % ring.size];
        used->ring[ring.returned++ % ring.size] =
            (struct virtq_used_elem){head, answer(desc, &desc[head])};
        __atomic_store_n(&used->idx, ring.returned, __ATOMIC_RELEASE);
        __atomic_store_n(virtq_avail_event(used, ring.size), ring.taken, __ATOMIC_RELAXED);
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
    }
    if (virtq_need_event(__atomic_load_n(virtq_used_event(avail, ring.size), __ATOMIC_RELAXED),
                         ring.returned, before))
        must(write(ring.call, &one, sizeof(one)) == sizeof(one), "signalling failed");
}

static void reply(struct vhost_message *message)
{
    message->header.flags = VHOST_USER_REPLY;
    message->nr_fds = 0;
    vhost_send(ring.socket, message);
}

static void reply_u64(struct vhost_message *message, uint64_t value)
{
    message->header.size = sizeof(value);
    message->body.u64 = value;
    reply(message);
}

static void take_fd(struct vhost_message *message, int *fd)
{
    must(message->nr_fds == 1, "a descriptor is missing");
    if (*fd >= 0)
        close(*fd);
    *fd = message->fds[0];
    message->fds[0] = -1;
}

static void forget_memory(struct device *device)
{
    if (ring.memory)
        munmap(ring.memory, ring.region.size);
    ring.memory = NULL;
    atomic_store(&device->has_memory, false);
}

static void take_memory(struct device *device, struct vhost_message *message)
{
    forget_memory(device);
    must(message->body.memory.nr_regions == 1 && message->nr_fds == 1, "not one region");
    ring.region = message->body.memory.regions[0];
    ring.memory =
        mmap(NULL, ring.region.size, PROT_READ | PROT_WRITE, MAP_SHARED, message->fds[0], 0);
    must(ring.memory != MAP_FAILED, "no memory to map");
    atomic_store(&device->has_memory, true);
}

static void reply_config(const struct device *device, struct vhost_message *message)
{
    struct vhost_config *config = &message->body.config;
    const struct accel_config accel = {device->config_magic, device->config_version, 0, "test"};
    unsigned char space[VHOST_CONFIG_MOST] = {0};

    memcpy(space + device->config_at, &accel, sizeof(accel));
    if (config->offset + config->size > device->config)
        message->header.size = 0;
    else
        memcpy(config->data, space + config->offset, config->size);
    reply(message);
}

/* Those that have a reply of their own. */
static bool reply_to(struct device *device, struct vhost_message *message)
{
    switch (message->header.request) {
    case VHOST_USER_GET_FEATURES:
        reply_u64(message, device->features);
        return true;
    case VHOST_USER_GET_PROTOCOL_FEATURES:
        reply_u64(message, VIRTIO_BIT(VHOST_USER_PROTOCOL_F_CONFIG) |
                               (device->acks ? VIRTIO_BIT(VHOST_USER_PROTOCOL_F_REPLY_ACK) : 0));
        return true;
    case VHOST_USER_GET_CONFIG:
        reply_config(device, message);
        return true;
    case VHOST_USER_GET_VRING_BASE:
        ring.enabled = false;
        message->body.state.num = ring.taken;
        reply(message);
        return true;
    default:
        return false;
    }
}

static void follow(struct device *device, struct vhost_message *message)
{
    switch (message->header.request) {
    case VHOST_USER_SET_MEM_TABLE:
        take_memory(device, message);
        break;
    case VHOST_USER_SET_VRING_NUM:
        ring.size = message->body.state.num;
        break;
    case VHOST_USER_SET_VRING_BASE:
        ring.taken = ring.returned = (uint16_t)message->body.state.num;
        break;
    case VHOST_USER_SET_VRING_ADDR:
        ring.addr = message->body.addr;
        break;
    case VHOST_USER_SET_VRING_KICK:
        take_fd(message, &ring.kick);
        break;
    case VHOST_USER_SET_VRING_CALL:
        take_fd(message, &ring.call);
        break;
    case VHOST_USER_SET_VRING_ENABLE:
        ring.enabled = message->body.state.num;
        break;
    default:
        break;
    }
}

/* False: hang up. */
static bool handle(struct device *device, struct vhost_message *message)
{
    uint32_t request = message->header.request;
    bool wants_ack = message->header.flags & VHOST_USER_NEED_REPLY;

    atomic_fetch_add(&device->requests, 1);
    if (request == atomic_load(&device->hangs_up_at))
        return false;
    if (request == atomic_load(&device->mixes_up_at)) {
        message->header.request++;
        reply_u64(message, 0);
        return true;
    }
    if (reply_to(device, message))
        return true;
    follow(device, message);
    if (wants_ack)
        reply_u64(message, request == atomic_load(&device->refuses_at));
    return true;
}

static bool receive(struct device *device)
{
    enum vhost_result result;

    while ((result = vhost_receive(&ring.receiver, ring.socket)) == VHOST_COMPLETE)
        if (!handle(device, &ring.receiver.message))
            return false;
    must(result != VHOST_WRONG, "a message that is none");
    return result == VHOST_INCOMPLETE;
}

static void converse(struct device *device)
{
    struct pollfd polled[2];
    uint64_t count;

    do {
        polled[0] = (struct pollfd){ring.socket, POLLIN, 0};
        polled[1] = (struct pollfd){ring.enabled ? ring.kick : -1, POLLIN, 0};
        poll(polled, 2, LOOK_MS);
        if (polled[1].revents && read(ring.kick, &count, sizeof(count)) > 0)
            serve();
        if (atomic_load(&device->hangs_up))
            return;
    } while (!atomic_load(&device->stops) && receive(device));
}

static void close_fd(int fd)
{
    if (fd >= 0)
        close(fd);
}

/* The socket is the last to go, as it says that nobody has the memory any more. */
static void talk(struct device *device, int socket)
{
    memset(&ring, 0, sizeof(ring));
    ring.kick = ring.call = -1;
    ring.socket = socket;
    vhost_receiver_begin(&ring.receiver, false);
    atomic_fetch_add(&device->connections, 1);
    converse(device);
    atomic_store(&device->hangs_up, false);
    usleep(1000 * device->lingers_ms);
    vhost_receiver_end(&ring.receiver);
    close_fd(ring.kick);
    close_fd(ring.call);
    forget_memory(device);
    close(socket);
}

static void *run(void *argument)
{
    struct device *device = argument;
    struct pollfd polled = {.fd = listener, .events = POLLIN};
    int socket;

    while (!atomic_load(&device->stops)) {
        if (poll(&polled, 1, LOOK_MS) <= 0)
            continue;
        socket = accept(listener, NULL, NULL);
        if (socket >= 0)
            talk(device, socket);
    }
    return NULL;
}

void device_begin(struct device *device)
{
    char address[128];
    char why[ADDRESS_WHY_SIZE];

    snprintf(address, sizeof(address), "vhost-user://%s", device->path);
    must(!address_listen(address, &listener, why, sizeof(why)), "cannot listen");
    must(!pthread_create(&thread, NULL, run, device), "no thread");
}

void device_end(struct device *device)
{
    atomic_store(&device->stops, true);
    pthread_join(thread, NULL);
    close(listener);
}
