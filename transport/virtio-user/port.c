/* SPDX-License-Identifier: Apache-2.0 */
#include "virtio-user/port.h"

#include "platform/linux/shared.h"
#include "platform/platform.h"
#include "vaccel.h"
#include "virtio-user/front.h"
#include "virtio/accel.h"
#include "virtio/split.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    QUEUE_SIZE = 256,
    CARRIER_CONFIG = 60, /* bytes of a virtio-blk's that every such device has */
    NS_PER_MS = 1000000,
};

/* Of one segment, so that it ends with a page if more follow. */
#define SEGMENT_MOST ((size_t)0xfffff000)

struct virtio_user_port {
    struct virtio_port port;
    struct front front;
    bool is_agreed;  /* on features, over this connection */
    bool is_started; /* the device may use memory */
    bool event_idx;
    struct virtqueue queue;
    void *ring; /* memory of the queue */
    struct shared_arena arena;
    int kick;
    int call;
    int wake;
    int poller; /* of call, wake and the socket */
    pid_t owner;
    unsigned int connect_ms;
    char path[];
};

static struct virtio_user_port *of(struct virtio_port *port)
{
    return (struct virtio_user_port *)port;
}

static void close_fd(int fd)
{
    if (fd >= 0)
        close(fd);
}

static bool watch(int poller, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data = {.fd = fd}};

    return !epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
}

/*
 * Of eventfds the edge counts: each signal is one event, and need not be read. The poller is a new one
 * for each connection, as an old socket stays in it while the child of a fork has it open.
 */
static bool watch_all(struct virtio_user_port *user)
{
    close_fd(user->poller);
    user->poller = epoll_create1(EPOLL_CLOEXEC);
    return watch(user->poller, user->call, EPOLLIN | EPOLLET) &&
           watch(user->poller, user->wake, EPOLLIN | EPOLLET) &&
           watch(user->poller, user->front.socket, EPOLLIN | EPOLLRDHUP);
}

static int connect_front(struct virtio_user_port *user)
{
    int ret = front_connect(&user->front, user->path, user->connect_ms);

    user->is_agreed = false;
    if (ret != VACCEL_OK || watch_all(user))
        return ret;
    vaccel_error("%s: no memory to watch the connection", user->front.name);
    front_close(&user->front);
    return VACCEL_ENOMEM;
}

static int check_config(const struct virtio_user_port *user, const struct accel_config *config)
{
    if (config->version == ACCEL_CONFIG_VERSION)
        return VACCEL_OK;
    vaccel_error(
        "%s: the agent speaks version %u of the device, this client version %u: use those of "
        "the same release",
        user->front.name, config->version, ACCEL_CONFIG_VERSION);
    return VACCEL_ENODEV;
}

/* False in @is_found: it is no device of an agent's, or not as large as that. */
static int find_config(struct virtio_user_port *user, uint32_t size, size_t at,
                       struct accel_config *config, bool *is_found)
{
    uint8_t space[CARRIER_CONFIG];
    int ret = front_read_config(&user->front, 0, space, size, is_found);

    if (ret != VACCEL_OK || !*is_found)
        return ret;
    memcpy(config, space + at, sizeof(*config));
    *is_found = config->magic == WIRE_MAGIC;
    return VACCEL_OK;
}

/* The device is a carrier, or one of its own. */
static int recognise(struct virtio_user_port *user)
{
    struct accel_config config;
    bool is_found;
    int ret = find_config(user, CARRIER_CONFIG, ACCEL_CONFIG_AT_CARRIER, &config, &is_found);

    if (ret == VACCEL_OK && !is_found)
        ret = find_config(user, sizeof(config), ACCEL_CONFIG_AT_OWN, &config, &is_found);
    if (ret != VACCEL_OK)
        return ret;
    if (is_found)
        return check_config(user, &config);
    vaccel_error(
        "%s: the device there is not an agent's: a disk, or another daemon's; use the address "
        "that the agent got with --listen vhost-user://",
        user->front.name);
    return VACCEL_ENODEV;
}

static int agree(struct virtio_user_port *user)
{
    uint64_t features;
    int ret = front_negotiate(&user->front, VIRTIO_BIT(VIRTIO_F_VERSION_1),
                              VIRTIO_BIT(VIRTIO_F_RING_EVENT_IDX), &features);

    user->event_idx = features & VIRTIO_BIT(VIRTIO_F_RING_EVENT_IDX);
    if (ret == VACCEL_OK)
        ret = recognise(user);
    user->is_agreed = ret == VACCEL_OK;
    return ret;
}

static bool make_queue(struct virtio_user_port *user)
{
    size_t bytes = virtqueue_bytes(QUEUE_SIZE);

    user->ring = platform_alloc_shared(bytes);
    if (!user->ring)
        return false;
    memset(user->ring, 0, bytes);
    return virtqueue_begin(&user->queue, QUEUE_SIZE, user->ring, user->event_idx);
}

static void drop_queue(struct virtio_user_port *user)
{
    virtqueue_end(&user->queue);
    platform_free_shared(user->ring);
    user->ring = NULL;
}

static int start(struct virtio_user_port *user)
{
    const struct front_memory memory = {user->arena.fd, user->arena.base, user->arena.size};
    const struct front_ring ring = {
        .size = QUEUE_SIZE,
        .desc = user->queue.desc,
        .avail = user->queue.avail,
        .used = user->queue.used,
        .kick = user->kick,
        .call = user->call,
    };

    user->is_started = true;
    return front_start(&user->front, &memory, &ring);
}

static void user_reset(struct virtio_port *port)
{
    struct virtio_user_port *user = of(port);

    if (user->is_started && front_stop(&user->front) != VACCEL_OK)
        front_let_go(&user->front);
    user->is_started = false;
    drop_queue(user);
}

static int open_queue(struct virtio_user_port *user)
{
    if (!make_queue(user)) {
        vaccel_error("%s: no memory for a queue of %d", user->front.name, QUEUE_SIZE);
        return VACCEL_ENOMEM;
    }
    return start(user);
}

/* The connection is of no use any more, but memory may be. */
static void give_up(struct virtio_user_port *user)
{
    if (user->is_started)
        front_let_go(&user->front);
    front_close(&user->front);
    user->is_started = false;
    drop_queue(user);
}

static int user_open(struct virtio_port *port)
{
    struct virtio_user_port *user = of(port);
    int ret = VACCEL_OK;

    user_reset(port);
    if (front_is_gone(&user->front)) {
        front_close(&user->front);
        ret = connect_front(user);
    }
    if (ret == VACCEL_OK && !user->is_agreed)
        ret = agree(user);
    if (ret == VACCEL_OK)
        ret = open_queue(user);
    if (ret != VACCEL_OK)
        give_up(user);
    return ret;
}

static size_t user_map(struct virtio_port *port, const void *data, size_t size,
                       struct virtio_segment *segments, size_t room)
{
    uintptr_t at = (uintptr_t)data;
    size_t count;
    size_t part;

    if (!shared_arena_holds(&of(port)->arena, data, size))
        return 0;
    for (count = 0; size && count < room; count++, at += part, size -= part) {
        part = size < SEGMENT_MOST ? size : SEGMENT_MOST;
        segments[count] = (struct virtio_segment){at, (uint32_t)part};
    }
    return size ? 0 : count;
}

static bool user_post(struct virtio_port *port, const struct virtio_segment *segments,
                      size_t nr_readable, size_t nr_writable, void *token)
{
    return virtqueue_post(&of(port)->queue, segments, nr_readable, nr_writable, token);
}

/* The counter of an eventfd cannot be full before the end of all days. */
static void signal_event(int fd)
{
    const uint64_t one = 1;

    while (write(fd, &one, sizeof(one)) < 0 && errno == EINTR)
        continue;
}

static void user_notify(struct virtio_port *port)
{
    struct virtio_user_port *user = of(port);

    if (virtqueue_must_notify(&user->queue))
        signal_event(user->kick);
}

static void *user_take(struct virtio_port *port, uint32_t *written)
{
    return virtqueue_take(&of(port)->queue, written);
}

static bool user_arm(struct virtio_port *port)
{
    return virtqueue_arm(&of(port)->queue);
}

static int milliseconds_until(uint64_t deadline)
{
    uint64_t now;
    uint64_t ms;

    if (!deadline)
        return -1;
    now = platform_clock();
    if (now >= deadline)
        return 0;
    ms = (deadline - now + NS_PER_MS - 1) / NS_PER_MS;
    return ms < INT32_MAX ? (int)ms : INT32_MAX;
}

static bool user_wait(struct virtio_port *port, uint64_t deadline)
{
    struct virtio_user_port *user = of(port);
    struct epoll_event events[3];
    int count;
    int i;

    if (__atomic_load_n(&user->queue.broken, __ATOMIC_RELAXED))
        return false;
    count = epoll_wait(user->poller, events, 3, milliseconds_until(deadline));
    for (i = 0; i < count; i++)
        if (events[i].data.fd == user->front.socket)
            return false;
    return true;
}

static void user_wake(struct virtio_port *port)
{
    signal_event(of(port)->wake);
}

/* In the child of a fork ring and device are the parent's. */
static void user_close(struct virtio_port *port)
{
    struct virtio_user_port *user = of(port);

    if (user->owner == getpid()) {
        user_reset(port);
        front_hang_up(&user->front);
    }
    front_close(&user->front);
    close_fd(user->poller);
    close_fd(user->wake);
    close_fd(user->call);
    close_fd(user->kick);
    platform_free(user);
}

static const struct virtio_port_ops operations = {
    .open = user_open,
    .reset = user_reset,
    .map = user_map,
    .post = user_post,
    .notify = user_notify,
    .take = user_take,
    .arm = user_arm,
    .wait = user_wait,
    .wake = user_wake,
    .close = user_close,
};

static struct virtio_user_port *make_port(const char *path, unsigned int connect_ms)
{
    size_t length = strlen(path) + 1;
    struct virtio_user_port *user = platform_alloc_zeroed(sizeof(*user) + length);

    if (!user)
        return NULL;
    user->port = (struct virtio_port){&operations, user->front.name, QUEUE_SIZE};
    user->connect_ms = connect_ms;
    memcpy(user->path, path, length);
    user->owner = getpid();
    user->front.socket = -1;
    user->poller = -1;
    user->kick = eventfd(0, EFD_CLOEXEC); /* the device can sleep in reading it */
    user->call = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    user->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (platform_shared_arena(&user->arena) && user->kick >= 0 && user->call >= 0 &&
        user->wake >= 0)
        return user;
    user_close(&user->port);
    return NULL;
}

int virtio_user_port_new(const char *path, unsigned int connect_ms, struct virtio_port **port)
{
    struct virtio_user_port *user = make_port(path, connect_ms);
    int ret;

    if (!user) {
        vaccel_error("virtio://%s: no memory, or no descriptors left, for the connection", path);
        return VACCEL_ENOMEM;
    }
    ret = connect_front(user);
    if (ret == VACCEL_OK)
        *port = &user->port;
    else
        user_close(&user->port);
    return ret;
}
