/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver of a vsock, and the stream over it, whose device is the input: packets as they should be, and any
 * bytes, in the buffers of any queue, and what it says of them. Between them the stream is used, and while
 * that waits the input goes on. At its end the device is gone.
 */
#include "bytes.h"
#include "fake_vsock.h"
#include "virtio-vsock/stream.h"

#include <stdlib.h>
#include <sys/socket.h>

enum { PATIENCE_MS = 5, DATA = 8192 };

enum step {
    STEP_PACKET,
    STEP_BYTES,
    STEP_INDEX,
    STEP_TAKE,
    STEP_CREDIT,
    DEVICE_STEPS,
    STEP_RECEIVE = DEVICE_STEPS,
    STEP_SEND,
    STEP_SHUT,
    STEP_WAIT,
    STEPS
};

static struct bytes input;
static unsigned char data[2 * DATA];

static void write_packet(void)
{
    uint16_t op = bytes_take_8(&input) % 10;
    uint32_t flags = bytes_take_8(&input);
    size_t size = bytes_take_16(&input) % DATA;

    fake_vsock_say(op, flags, data, op == 5 ? size : 0);
}

/* Any header, and a length that need not be true. */
static void write_bytes(void)
{
    unsigned int queue = bytes_take_8(&input) % VSOCK_QUEUES;
    uint32_t written = bytes_take_32(&input) % (2 * VSOCK_RX_DATA);
    struct vsock_header header = fake_vsock_header(bytes_take_8(&input));
    uint8_t at = bytes_take_8(&input) % sizeof(header);

    bytes_take(&input, (unsigned char *)&header + at, (sizeof(header) - at) % 9);
    fake_vsock_write(queue, &header, queue == VSOCK_QUEUE_TX ? 0 : VSOCK_HEADER_SIZE, written);
}

static void write_index(void)
{
    const struct virtqueue *queue = fake_vsock.queues[bytes_take_8(&input) % VSOCK_QUEUES];
    uint16_t index = bytes_take_16(&input);

    if (!queue->used)
        return;
    bytes_take(&input, &queue->used->ring[index & (queue->size - 1)],
               sizeof(struct virtq_used_elem));
    queue->used->idx += index & 3;
}

static void device_step(enum step step)
{
    switch (step) {
    case STEP_PACKET:
        write_packet();
        break;
    case STEP_BYTES:
        write_bytes();
        break;
    case STEP_INDEX:
        write_index();
        break;
    case STEP_TAKE:
        fake_vsock.is_stuck = bytes_take_8(&input) & 1;
        fake_vsock_take();
        break;
    default:
        fake_promised = bytes_take_16(&input);
        fake_taken = bytes_take_16(&input);
    }
}

static void while_asleep(void)
{
    if (input.size)
        device_step(bytes_take_8(&input) % DEVICE_STEPS);
    else
        fake_vsock.status = 0;
}

static void receive(struct stream *carried)
{
    uint16_t size = bytes_take_16(&input) % DATA;
    struct iovec list[] = {{data, size % 64}, {data + 64, size}};
    int flags = size % 3 == 0 ? MSG_WAITALL : size % 3 == 1 ? MSG_DONTWAIT : 0;

    if (carried->carrier->receive(carried, list, 2, flags) > size % 64 + size)
        abort();
}

static void send_bytes(struct stream *carried)
{
    uint16_t size = bytes_take_16(&input) % DATA;
    const struct iovec list[] = {{data, size % 64}, {data, 0}, {data + 64, size}};

    if (carried->carrier->send(carried, list, 3) > size % 64 + size)
        abort();
}

static void step(struct stream *carried)
{
    enum step step = bytes_take_8(&input) % STEPS;

    if (step < DEVICE_STEPS)
        device_step(step);
    else if (step == STEP_RECEIVE)
        receive(carried);
    else if (step == STEP_SEND)
        send_bytes(carried);
    else if (step == STEP_SHUT)
        carried->carrier->shutdown(carried, bytes_take_8(&input) % 3);
    else
        carried->carrier->wait(carried, 1);
}

static void talk(struct vsock_stream *stream)
{
    struct stream carried;

    stream_init_carried(&carried, &virtio_vsock_carrier, stream);
    carried.carrier->set_patience(&carried, PATIENCE_MS, PATIENCE_MS);
    while (input.size) {
        step(&carried);
        if (stream->count > VSOCK_HELD_MOST)
            abort();
    }
    stream_end(&carried);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct vsock_driver driver;
    struct vsock_stream *stream;
    const char *why;

    fake_vsock_begin();
    input = (struct bytes){bytes, size};
    if (vsock_driver_begin(&driver, &fake_vsock.device))
        abort();
    fake_vsock.sleep = while_asleep;
    if (vsock_stream_connect(&driver, VSOCK_CID_HOST, FAKE_PORT, 0, &stream, &why) == 0)
        talk(stream);
    fake_vsock.status = 0;
    vsock_driver_end(&driver);
    return 0;
}
