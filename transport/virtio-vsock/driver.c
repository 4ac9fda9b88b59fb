/* SPDX-License-Identifier: Apache-2.0 */
#include "virtio-vsock/driver.h"

#include "platform/platform.h"
#include "platform/relax.h"
#include "platform/text.h"
#include "vaccel/error.h"
#include "vaccel/log.h"
#include "virtio-vsock/stream.h"

static struct virtqueue *queue_of(struct vsock_driver *driver, unsigned int index)
{
    return &driver->device->queues[index];
}

static struct virtio_segment segment(const void *data, size_t size)
{
    return (struct virtio_segment){(uintptr_t)data, (uint32_t)size};
}

bool virtio_device_is_vsock(struct virtio_device *device, unsigned int id, size_t config_size)
{
    (void)device;
    return id == VIRTIO_ID_VSOCK && config_size >= sizeof(struct vsock_config);
}

/* There are devices that write of a header only what they mean. False: the queue has no room. */
static bool post_rx(struct vsock_driver *driver, struct vsock_rx *rx)
{
    const struct virtio_segment segments[] = {segment(rx->header, VSOCK_HEADER_SIZE),
                                              segment(rx->data, sizeof(rx->data))};

    memset(rx->header, 0, sizeof(rx->header));
    return virtqueue_post(queue_of(driver, VSOCK_QUEUE_RX), segments, 0, 2, rx);
}

static void post_event(struct vsock_driver *driver)
{
    const struct virtio_segment room = segment(driver->buffers->event, sizeof(uint32_t));

    virtqueue_post(queue_of(driver, VSOCK_QUEUE_EVENT), &room, 0, 1, driver->buffers->event);
}

static void read_cid(struct vsock_driver *driver)
{
    struct vsock_config config;

    driver->device->bus->read_config(driver->device, 0, (uint8_t *)&config, sizeof(config));
    driver->cid = (uint32_t)config.guest_cid;
}

static int post_buffers(struct vsock_driver *driver)
{
    size_t i = 0;

    while (i < VSOCK_RX_BUFFERS && post_rx(driver, &driver->buffers->rx[i]))
        i++;
    if (!i || queue_of(driver, VSOCK_QUEUE_TX)->size < 2) {
        vaccel_error("%s has queues with less than 2 descriptors", driver->device->name);
        return VACCEL_ENODEV;
    }
    post_event(driver);
    virtio_device_notify(driver->device, VSOCK_QUEUE_RX);
    virtio_device_notify(driver->device, VSOCK_QUEUE_EVENT);
    return VACCEL_OK;
}

int vsock_driver_begin(struct vsock_driver *driver, struct virtio_device *device)
{
    struct vsock_buffers *buffers = platform_alloc_shared(sizeof(*buffers));
    int ret;

    if (!buffers) {
        vaccel_error("%s: no memory for its %zu bytes of buffers", device->name, sizeof(*buffers));
        return VACCEL_ENOMEM;
    }
    *driver = (struct vsock_driver){.device = device, .buffers = buffers};
    ret = virtio_device_open(device, VSOCK_QUEUES);
    if (ret == VACCEL_OK)
        ret = post_buffers(driver);
    if (ret != VACCEL_OK) {
        vsock_driver_end(driver);
        return ret;
    }
    read_cid(driver);
    return VACCEL_OK;
}

static void lose(struct vsock_driver *driver)
{
    driver->is_gone = true;
    if (driver->stream)
        vsock_stream_lose(driver->stream);
    driver->stream = NULL;
}

void vsock_driver_end(struct vsock_driver *driver)
{
    lose(driver);
    if (virtio_device_reset(driver->device))
        platform_free_shared(driver->buffers);
    driver->buffers = NULL;
}

void vsock_driver_distrust(struct vsock_driver *driver, const char *what, uint64_t value)
{
    vaccel_error("%s is not used any more: %s (%llu)", driver->device->name, what,
                 (unsigned long long)value);
    lose(driver);
}

/* Whoever sent it has no stream here, or not any more. A reset is not answered. */
static void reset_sender(struct vsock_driver *driver, const struct vsock_header *header)
{
    const struct vsock_header reset = {.src_cid = header->dst_cid,
                                       .dst_cid = header->src_cid,
                                       .src_port = header->dst_port,
                                       .dst_port = header->src_port,
                                       .type = header->type,
                                       .op = VSOCK_OP_RST};

    /* Without a free buffer it will ask again, if it matters. */
    if (header->op != VSOCK_OP_RST)
        vsock_driver_tell(driver, &reset);
}

static void deliver(struct vsock_driver *driver, const struct vsock_rx *rx, uint32_t written)
{
    struct vsock_header header;

    memcpy(&header, rx->header, VSOCK_HEADER_SIZE);
    if (written < VSOCK_HEADER_SIZE)
        vsock_driver_distrust(driver, "it wrote less than a packet's header", written);
    else if (header.len > written - VSOCK_HEADER_SIZE)
        vsock_driver_distrust(driver, "a packet has less bytes than it says", header.len);
    else if (!driver->stream || !vsock_stream_owns(driver->stream, &header))
        reset_sender(driver, &header);
    else
        vsock_stream_take(driver->stream, &header, rx->data);
}

static bool take_rx(struct vsock_driver *driver)
{
    uint32_t written;
    struct vsock_rx *rx = virtqueue_take(queue_of(driver, VSOCK_QUEUE_RX), &written);

    if (!rx)
        return false;
    deliver(driver, rx, written);
    if (!driver->is_gone) {
        post_rx(driver, rx);
        virtio_device_notify(driver->device, VSOCK_QUEUE_RX);
    }
    return true;
}

static bool take_tx(struct vsock_driver *driver)
{
    uint32_t written;
    enum vsock_tx_state *state = virtqueue_take(queue_of(driver, VSOCK_QUEUE_TX), &written);

    if (!state)
        return false;
    *state = TX_FREE;
    return true;
}

/* There is one event: streams are lost, as the machine goes on elsewhere, perhaps with another cid. */
static bool take_event(struct vsock_driver *driver)
{
    uint32_t written;

    if (!virtqueue_take(queue_of(driver, VSOCK_QUEUE_EVENT), &written))
        return false;
    if (driver->stream)
        vsock_stream_lose(driver->stream);
    driver->stream = NULL;
    read_cid(driver);
    post_event(driver);
    virtio_device_notify(driver->device, VSOCK_QUEUE_EVENT);
    return true;
}

static bool any_broken(struct vsock_driver *driver)
{
    unsigned int i = 0;

    while (i < VSOCK_QUEUES && !queue_of(driver, i)->broken)
        i++;
    return i < VSOCK_QUEUES;
}

bool vsock_driver_take(struct vsock_driver *driver)
{
    if (driver->is_gone)
        return false;
    if (take_rx(driver) || take_tx(driver) || take_event(driver))
        return true;
    if (any_broken(driver))
        vsock_driver_distrust(driver, "it returned what it did not have", 0);
    return false;
}

/* Ask for interrupts. False: something came back meanwhile. */
static bool arm(struct vsock_driver *driver)
{
    bool nothing = true;
    unsigned int i;

    for (i = 0; i < VSOCK_QUEUES; i++)
        nothing &= virtqueue_arm(queue_of(driver, i));
    return nothing;
}

bool vsock_driver_progress(struct vsock_driver *driver, uint64_t deadline)
{
    uint64_t until = platform_clock() + driver->spin_ns;
    uint64_t now;
    bool took;

    while (!driver->is_gone) {
        took = vsock_driver_take(driver);
        now = platform_clock();
        if (deadline && now >= deadline)
            return false;
        if (took)
            return true;
        if (now < until)
            platform_relax();
        else if (arm(driver) && !virtio_device_wait(driver->device, deadline))
            vsock_driver_distrust(driver, "it was reset by somebody else, or pulled out", 0);
    }
    return false;
}

/* Not more than the queue has room for. */
struct vsock_tx *vsock_driver_tx(struct vsock_driver *driver)
{
    size_t most = queue_of(driver, VSOCK_QUEUE_TX)->size / 2;
    size_t i;

    for (i = 0; i < VSOCK_TX_BUFFERS && i < most; i++)
        if (driver->sending[i] == TX_FREE)
            return &driver->buffers->tx[i];
    return NULL;
}

void vsock_driver_send(struct vsock_driver *driver, struct vsock_tx *tx,
                       const struct vsock_header *header, const void *data)
{
    enum vsock_tx_state *state = &driver->sending[tx - driver->buffers->tx];
    const struct virtio_segment segments[] = {segment(tx->header, VSOCK_HEADER_SIZE),
                                              segment(data, header->len)};

    memcpy(tx->header, header, VSOCK_HEADER_SIZE);
    *state = header->len && data != tx->data ? TX_IN_PLACE : TX_POSTED;
    if (!virtqueue_post(queue_of(driver, VSOCK_QUEUE_TX), segments, header->len ? 2 : 1, 0, state))
        *state = TX_FREE; /* the queue is broken, which whoever waits will see */
    virtio_device_notify(driver->device, VSOCK_QUEUE_TX);
}

bool vsock_driver_tell(struct vsock_driver *driver, const struct vsock_header *header)
{
    struct vsock_tx *tx = driver->is_gone ? NULL : vsock_driver_tx(driver);

    if (tx)
        vsock_driver_send(driver, tx, header, NULL);
    return tx;
}

static bool any_in_place(const struct vsock_driver *driver)
{
    size_t i = 0;

    while (i < VSOCK_TX_BUFFERS && driver->sending[i] != TX_IN_PLACE)
        i++;
    return i < VSOCK_TX_BUFFERS;
}

/* A device that cannot be reset may still read, so there is no going on before it has. */
static void take_back(struct vsock_driver *driver)
{
    unsigned int attempt = 0;

    if (virtio_device_reset(driver->device))
        return;
    while (any_in_place(driver))
        if (!take_tx(driver))
            platform_pause(attempt++);
}

bool vsock_driver_wait_in_place(struct vsock_driver *driver, uint64_t deadline)
{
    while (any_in_place(driver) && vsock_driver_progress(driver, deadline))
        continue;
    if (!any_in_place(driver))
        return !driver->is_gone;
    if (!driver->is_gone)
        vsock_driver_distrust(driver, "it does not take what is sent to it, packets that it has",
                              queue_of(driver, VSOCK_QUEUE_TX)->nr_posted);
    take_back(driver);
    return false;
}
