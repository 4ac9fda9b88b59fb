/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/connection.h"
#include "agent/worker/vsock/vsock.h"
#include "agent/worker/worker.h"
#include "vaccel/error.h"

#include <stdlib.h>
#include <time.h>

/* The two threads of a vsock, and what the control thread asks of it. */

enum { MOMENT_NS = 50000, TICK_MS = 100 };

static struct vsock *vsock_of(struct virtio_device *virtio)
{
    return (struct vsock *)(void *)virtio;
}

static void take_packets(struct vsock *vsock)
{
    struct doorbell *doorbell = &vsock->virtio.rings[VSOCK_QUEUE_TX].doorbell;
    const struct timespec moment = {.tv_nsec = MOMENT_NS};
    enum ring_outcome outcome;

    for (;;) {
        outcome = vsock_take(vsock);
        if (outcome == RING_LATER)
            nanosleep(&moment, NULL);
        else if (outcome == RING_EMPTY || outcome == RING_BROKEN)
            doorbell_sleep(doorbell, outcome == RING_EMPTY);
    }
}

/* Who takes packets waits for buffers, too, while so many replies wait that no more may be caused. */
static void *listen_for_buffers(void *context)
{
    struct vsock *vsock = context;
    bool has_ring;

    for (;;) {
        has_ring = vsock_look_for_buffers(vsock);
        if (atomic_exchange(&vsock->is_full, false))
            doorbell_wake(&vsock->virtio.rings[VSOCK_QUEUE_TX].doorbell);
        doorbell_sleep(&vsock->virtio.rings[VSOCK_QUEUE_RX].doorbell, has_ring);
    }
    return NULL;
}

/* The guest may be waiting for something from a worker that died. */
static void reset_ports_of_before(struct vsock *vsock)
{
    struct vsock_header header = {.src_cid = VSOCK_CID_HOST,
                                  .dst_cid = vsock->address.cid,
                                  .src_port = vsock->address.port,
                                  .type = VSOCK_TYPE_STREAM,
                                  .op = VSOCK_OP_RST};
    struct device_ledger *ledger = vsock->streams.ledger;
    uint32_t noted;
    size_t i;

    for (i = 0; i < CONNECTIONS_MOST; i++) {
        noted = atomic_exchange(&ledger->ports[i], 0);
        header.dst_port = noted - 1;
        if (noted)
            vsock_reply(vsock, &header);
    }
}

static void serve(struct virtio_device *virtio)
{
    struct vsock *vsock = vsock_of(virtio);

    atomic_store(&virtio->loaded, true);
    reset_ports_of_before(vsock);
    if (!thread_start(listen_for_buffers, vsock))
        return;
    take_packets(vsock);
}

static void stop(struct virtio_device *virtio)
{
    streams_reset_all(&vsock_of(virtio)->streams);
}

/* Not for the next driver. */
static void forget(struct virtio_device *virtio)
{
    vsock_forget_replies(vsock_of(virtio));
}

/* Who looks into the guest's memory has a turn, and those are over. */
static bool is_idle(struct virtio_device *virtio)
{
    (void)virtio;
    return true;
}

static unsigned int running(struct virtio_device *virtio)
{
    (void)virtio;
    return connections_running();
}

static int watch(struct virtio_device *virtio)
{
    (void)virtio;
    return connections_expire(monotonic_ms(), worker.settings.timeouts.hello_ms) ? TICK_MS : -1;
}

static void say_goodbye(struct virtio_device *virtio)
{
    (void)virtio;
    connections_say_goodbye(VACCEL_EAGAIN, "the agent is shut down");
    connections_wait();
}

const struct virtio_device_kind vsock_kind = {
    .serve = serve,
    .stop = stop,
    .is_idle = is_idle,
    .forget = forget,
    .running = running,
    .watch = watch,
    .say_goodbye = say_goodbye,
};

bool vsock_begin(struct vsock *vsock, struct device_ledger *ledger,
                 const struct address_vsock *address)
{
    size_t most = worker.settings.limits.connections;
    bool begun = virtio_device_begin(&vsock->virtio, &vsock_kind, 2, ledger);

    vsock->address = *address;
    streams_begin(&vsock->streams, ledger, most);
    vsock->replies_most = VSOCK_REPLIES + (most + 1) * VSOCK_REPLIES_A_STREAM;
    vsock->replies = calloc(vsock->replies_most, sizeof(*vsock->replies));
    monotonic_condition(&vsock->buffers);
    return begun && vsock->replies;
}

void vsock_end(struct vsock *vsock)
{
    virtio_device_end(&vsock->virtio);
    streams_end(&vsock->streams);
    pthread_cond_destroy(&vsock->buffers);
    free(vsock->replies);
}
