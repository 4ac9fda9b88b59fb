/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A vsock device whose guest is the input: it writes to its memory, the rings among it, and makes packets and
 * buffers available. Who is connected receives, sends and closes when the input says so, in place of the
 * threads of a connection. Nothing may be left of it.
 */
#include "agent/worker/connection.h"
#include "agent/worker/vsock/vsock.h"
#include "agent/worker/worker.h"
#include "bytes.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SIZE = 64 * 1024, /* of the guest's memory */
    QUEUE = 8,
    AVAIL = 0x80, /* behind the beginning of a ring, where the descriptors lie */
    USED = 0xc0,
    RING = 0x200, /* from one to the next */
    STREAMS = 4,
    PACKETS_MOST = 64, /* of one step */
    CID = 5,
    PORT = 7,
};

enum step {
    STEP_WRITE,
    STEP_PACKET,
    STEP_BUFFER,
    STEP_INDEX,
    STEP_RECEIVE,
    STEP_SEND,
    STEP_SHUT,
    STEP_CLOSE,
    STEPS
};

struct worker worker;
static struct vsock vsock;
static struct device_ledger ledger;
static int file;
static unsigned char *memory;
static struct stream streams[STREAMS]; /* whose carrier is NULL, if they are not connected */

bool connection_begin_carried(const struct stream_carrier *carrier, void *carried, const char *peer)
{
    size_t i;

    (void)peer;
    for (i = 0; i < STREAMS; i++)
        if (!streams[i].carrier) {
            stream_init_carried(&streams[i], carrier, carried);
            carrier->set_patience(&streams[i], 1, 1);
            return true;
        }
    return false;
}

unsigned int connections_running(void)
{
    return 0;
}

bool connections_expire(uint64_t now_ms, uint64_t patience_ms)
{
    return now_ms < patience_ms;
}

void connections_say_goodbye(int status, const char *sentence)
{
    (void)status, (void)sentence;
}

bool connections_wait(void)
{
    return true;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    worker.settings.limits.connections = STREAMS;
    file = memfd_create("guest", MFD_CLOEXEC);
    if (file < 0 || ftruncate(file, SIZE))
        abort();
    memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    return 0;
}

static void begin(uint64_t features)
{
    const struct address_vsock address = {CID, PORT};
    struct device_state state = {
        .features = features,
        .nr_regions = 1,
        .nr_rings = 2,
        .regions = {{0, SIZE, 0, 0}},
        .rings = {{.avail = AVAIL, .used = USED, .size = QUEUE},
                  {.desc = RING, .avail = RING + AVAIL, .used = RING + USED, .size = QUEUE}},
        .is_running = true,
    };
    const int fds[] = {dup(file), -1, -1, -1, -1, -1};

    memset(memory, 0, SIZE);
    memset(&ledger, 0, sizeof(ledger));
    memset(&vsock, 0, sizeof(vsock));
    if (!vsock_begin(&vsock, &ledger, &address))
        abort();
    vsock.virtio.loaded = true;
    virtio_device_set(&vsock.virtio, &state, fds);
}

static void post(size_t ring, uint16_t head)
{
    struct virtq_avail *avail = (void *)(memory + ring * RING + AVAIL);

    avail->ring[avail->idx % QUEUE] = head;
    avail->idx++;
}

static void take_all(void)
{
    enum ring_outcome outcome;
    int left = PACKETS_MOST;

    vsock_look_for_buffers(&vsock);
    do
        outcome = vsock_take(&vsock);
    while ((outcome == RING_TAKEN || outcome == RING_REFUSED) && left--);
}

static void receive(struct stream *stream, size_t size)
{
    unsigned char data[4096];
    struct iovec list[] = {{data, size % 64}, {data + 64, size % (sizeof(data) - 64)}};
    ssize_t got = stream->carrier->receive(stream, list, 2, size % 3 ? MSG_DONTWAIT : MSG_WAITALL);

    if (got > (ssize_t)sizeof(data))
        abort();
}

static void send_bytes(struct stream *stream, size_t size)
{
    static unsigned char data[4096];
    const struct iovec list[] = {{data, size % 64}, {data, 0}, {data, size % sizeof(data)}};

    stream->carrier->takes_bytes(stream);
    stream->carrier->send(stream, list, 3);
}

static void close_stream(struct stream *stream)
{
    if (stream->carrier)
        stream_end(stream);
    stream->carrier = NULL;
}

static void use(struct stream *stream, enum step step, uint16_t value)
{
    if (!stream->carrier)
        return;
    if (step == STEP_RECEIVE)
        receive(stream, value);
    else if (step == STEP_SEND)
        send_bytes(stream, value);
    else if (step == STEP_SHUT)
        stream->carrier->shutdown(stream, value % 3);
    else
        close_stream(stream);
}

static void step(struct bytes *bytes)
{
    uint8_t what = bytes_take_8(bytes);
    uint16_t value = bytes_take_16(bytes);
    uint8_t size;

    switch (what % STEPS) {
    case STEP_WRITE:
        size = bytes_take_8(bytes);
        if (value + size <= SIZE)
            bytes_take(bytes, memory + value, size);
        return;
    case STEP_PACKET:
        post(VSOCK_QUEUE_TX, value);
        break;
    case STEP_BUFFER:
        post(VSOCK_QUEUE_RX, value);
        break;
    case STEP_INDEX:
        memcpy(memory + AVAIL + 2 + (what & 0x80 ? RING : 0), &value, sizeof(value));
        break;
    default:
        use(&streams[what / STEPS % STREAMS], what % STEPS, value);
    }
    take_all();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes bytes = {data, size};
    size_t i;

    begin((uint64_t)bytes_take_8(&bytes) << VIRTIO_F_RING_INDIRECT_DESC);
    while (bytes.size)
        step(&bytes);
    virtio_device_stop(&vsock.virtio);
    virtio_device_leave(&vsock.virtio);
    for (i = 0; i < STREAMS; i++)
        close_stream(&streams[i]);
    if (vsock.streams.count)
        abort();
    vsock_end(&vsock);
    return 0;
}
