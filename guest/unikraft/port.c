/* SPDX-License-Identifier: Apache-2.0 */
#include "virtio/port.h"

#include "driver.h"
#include "memory.h"
#include "platform/platform.h"
#include "platform/text.h"
#include "ring.h"
#include "vaccel/error.h"
#include "vaccel/log.h"
#include "virtio/accel.h"

#include <uk/sched.h>
#include <uk/sglist.h>
#include <uk/wait.h>

/*
 * The accelerator as a port, over Unikraft's virtio bus and ring. The ring believes the device: the id of a chain
 * that comes back is used as an index as it is, and the chain's descriptors are followed as they lie in shared
 * memory. What it hands us then is believed only if it is a chain that we posted.
 */

static const uint64_t reset_patience = 2000000000; /* nanoseconds */

/* What was posted, or a free place for that. */
struct posted {
    void *token; /* NULL: free */
    uint64_t room;
    struct posted *next; /* of the free ones */
};

static struct {
    struct virtio_port port;
    struct virtio_dev *device;
    struct virtqueue *ring; /* NULL: the device uses no memory */
    uint16_t size;          /* descriptors; 0: not asked yet */
    uint16_t nr_posted;
    struct posted *posted; /* @size of them */
    struct posted *free;
    struct uk_sglist_seg *segments; /* @size of them, for one chain */
    bool must_notify;
    bool broken; /* the device returned what it did not have */
    bool woken;  /* atomic: by the interrupt, or wake() */
    struct uk_waitq waiting;
} own;

static int interrupt(struct virtqueue *ring, void *context)
{
    (void)context;
    virtqueue_intr_disable(ring);
    __atomic_store_n(&own.woken, true, __ATOMIC_RELEASE);
    uk_waitq_wake_up(&own.waiting);
    return 1;
}

static uint8_t status(void)
{
    return own.device->cops->status_get(own.device);
}

/* All ones are what is read of a device that was pulled out. */
static bool uses_memory(uint8_t status)
{
    return status && status != UINT8_MAX;
}

/* False: it does not do what it is told. */
static bool reset_device(void)
{
    uint64_t deadline = platform_clock() + reset_patience;
    unsigned int attempt = 0;

    virtio_dev_reset(own.device);
    while (uses_memory(status())) {
        if (platform_clock() > deadline)
            return false;
        platform_pause(attempt++);
    }
    return true;
}

static void end_ring(void)
{
    if (own.ring)
        ring_free(own.ring);
    own.ring = NULL;
}

/* Once in the image's life, as it is asked together with registering the interrupt. */
static int ask_size(void)
{
    uint16_t size = 0;

    if (own.size)
        return VACCEL_OK;
    if (virtio_find_vqs(own.device, 1, &size) != 1 || !size) {
        vaccel_error("%s has no queue, or no interrupt is left for it", own.port.name);
        return VACCEL_ENODEV;
    }
    own.size = size;
    own.port.queue_size = size;
    return VACCEL_OK;
}

static bool make_places(void)
{
    if (!own.posted)
        own.posted = platform_alloc(own.size * sizeof(*own.posted));
    if (!own.segments)
        own.segments = platform_alloc(own.size * sizeof(*own.segments));
    return own.posted && own.segments;
}

static void begin_empty(void)
{
    uint16_t i;

    own.free = NULL;
    for (i = 0; i < own.size; i++) {
        own.posted[i] = (struct posted){.next = own.free};
        own.free = &own.posted[i];
    }
    own.nr_posted = 0;
    own.must_notify = false;
    own.broken = false;
}

/* The ring has no other features; of a legacy device VERSION_1 is not to be had. */
static void negotiate(void)
{
    uint64_t wanted = UINT64_C(1) << VIRTIO_F_VERSION_1 | UINT64_C(1) << VIRTIO_F_EVENT_IDX;

    own.device->features = virtio_feature_get(own.device) & wanted;
    virtio_feature_set(own.device);
}

static int bring_up(void)
{
    int ret;

    virtio_dev_status_update(own.device, VIRTIO_CONFIG_STATUS_ACK);
    virtio_dev_status_update(own.device, VIRTIO_CONFIG_STATUS_ACK | VIRTIO_CONFIG_STATUS_DRIVER);
    negotiate();
    ret = ask_size();
    if (ret != VACCEL_OK)
        return ret;
    if (!make_places())
        return VACCEL_ENOMEM;
    begin_empty();
    own.ring = ring_make(own.device, ACCEL_QUEUE, own.size, interrupt);
    if (!own.ring)
        return VACCEL_ENOMEM;
    virtio_dev_drv_up(own.device);
    return VACCEL_OK;
}

static int port_open(struct virtio_port *port)
{
    int ret;

    if (!reset_device()) {
        vaccel_error("%s cannot be reset: start the virtual machine anew", port->name);
        return VACCEL_ENODEV;
    }
    end_ring();
    ret = bring_up();
    if (ret == VACCEL_ENOMEM)
        vaccel_error("%s: no memory for its queue", port->name);
    return ret;
}

static bool port_post(struct virtio_port *port, const struct virtio_segment *segments,
                      size_t nr_readable, size_t nr_writable, void *token)
{
    size_t count = nr_readable + nr_writable;
    struct posted *posted = own.free;
    struct uk_sglist list;
    uint64_t room = 0;
    size_t i;

    (void)port;
    if (own.broken || !posted || count > own.size)
        return false;
    for (i = 0; i < count; i++) {
        own.segments[i] = (struct uk_sglist_seg){segments[i].address, segments[i].size};
        room += i < nr_readable ? 0 : segments[i].size;
    }
    uk_sglist_init(&list, own.size, own.segments);
    list.sg_nseg = (uint16_t)count;
    if (virtqueue_buffer_enqueue(own.ring, posted, &list, (uint16_t)nr_readable,
                                 (uint16_t)nr_writable) < 0)
        return false;
    own.free = posted->next;
    own.nr_posted++;
    *posted = (struct posted){.token = token, .room = room};
    /* The ring can say this of the last chain alone; so it is asked after each. */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (virtqueue_notify_enabled(own.ring))
        own.must_notify = true;
    return true;
}

static void port_notify(struct virtio_port *port)
{
    (void)port;
    if (own.must_notify)
        own.ring->vq_notify_host(own.device, ACCEL_QUEUE);
    own.must_notify = false;
}

static bool is_posted(const struct posted *posted, uint32_t written)
{
    return posted >= own.posted && posted < own.posted + own.size &&
           ((uintptr_t)posted - (uintptr_t)own.posted) % sizeof(*posted) == 0 && posted->token &&
           written <= posted->room;
}

static void *port_take(struct virtio_port *port, uint32_t *written)
{
    struct posted *posted;
    void *cookie;
    void *token;

    (void)port;
    if (own.broken || virtqueue_buffer_dequeue(own.ring, &cookie, written) < 0)
        return NULL;
    posted = cookie;
    if (!is_posted(posted, *written)) {
        own.broken = true;
        return NULL;
    }
    token = posted->token;
    *posted = (struct posted){.next = own.free};
    own.free = posted;
    own.nr_posted--;
    return token;
}

static bool port_arm(struct virtio_port *port)
{
    (void)port;
    return own.broken || !virtqueue_intr_enable(own.ring);
}

/* A status of 0: it was reset behind our back. */
static bool is_there(void)
{
    uint8_t now = status();

    return uses_memory(now) && !(now & VIRTIO_CONFIG_STATUS_NEEDS_RESET);
}

static bool port_wait(struct virtio_port *port, uint64_t deadline)
{
    (void)port;
    if (own.broken)
        return false;
    uk_waitq_wait_event_deadline(&own.waiting, __atomic_load_n(&own.woken, __ATOMIC_ACQUIRE),
                                 deadline);
    return __atomic_exchange_n(&own.woken, false, __ATOMIC_ACQUIRE) || is_there();
}

static void port_wake(struct virtio_port *port)
{
    (void)port;
    __atomic_store_n(&own.woken, true, __ATOMIC_RELEASE);
    uk_waitq_wake_up(&own.waiting);
}

/* A device that cannot be reset (Firecracker's) may still write to what it has: that has to come back first. */
static void drain(struct virtio_port *port)
{
    unsigned int attempt = 0;
    uint32_t written;

    vaccel_warn("%s cannot be reset: waiting for the %u requests that it has", port->name,
                own.nr_posted);
    while (own.nr_posted)
        if (!port_take(port, &written))
            platform_pause(attempt++);
}

static void port_reset(struct virtio_port *port)
{
    if (!own.ring)
        return;
    if (reset_device())
        end_ring();
    else
        drain(port);
}

static const struct virtio_port_ops port_ops = {
    .open = port_open,
    .reset = port_reset,
    .map = memory_map,
    .post = port_post,
    .notify = port_notify,
    .take = port_take,
    .arm = port_arm,
    .wait = port_wait,
    .wake = port_wake,
};

struct virtio_port *virtio_port_find(void)
{
    if (own.device)
        return &own.port;
    own.device = driver_accelerator();
    if (!own.device)
        return NULL;
    own.port = (struct virtio_port){.ops = &port_ops, .name = "the virtio device"};
    uk_waitq_init(&own.waiting);
    return &own.port;
}
