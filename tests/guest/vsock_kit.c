/* SPDX-License-Identifier: Apache-2.0 */
#include "vsock_kit.h"

#include "platform/platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NS_PER_MS = 1000000 };

struct vsock_driver kit_driver;
struct vsock_stream *kit_stream;
struct stream kit_carried;

struct fake_packet *kit_last(void)
{
    assert_true(fake_vsock.nr_packets > 0);
    return &fake_vsock.packets[fake_vsock.nr_packets - 1];
}

size_t kit_count(uint16_t op)
{
    size_t found = 0;
    size_t i;

    for (i = 0; i < fake_vsock.nr_packets; i++)
        found += fake_vsock.packets[i].header.op == op;
    return found;
}

void kit_respond(void)
{
    if (kit_last()->header.op == VSOCK_OP_REQUEST)
        fake_vsock_say(VSOCK_OP_RESPONSE, 0, NULL, 0);
}

static void end_cleanly(void)
{
    if (kit_last()->header.op == VSOCK_OP_SHUTDOWN)
        fake_vsock_say(VSOCK_OP_RST, 0, NULL, 0);
}

int kit_connect(unsigned int ms, const char **why)
{
    return vsock_stream_connect(&kit_driver, VSOCK_CID_HOST, FAKE_PORT,
                                platform_clock() + (uint64_t)ms * NS_PER_MS, &kit_stream, why);
}

int kit_begin(void **state)
{
    (void)state;
    fake_vsock_begin();
    kit_stream = NULL;
    return vsock_driver_begin(&kit_driver, &fake_vsock.device);
}

int kit_begin_connected(void **state)
{
    const char *why;
    int ret = kit_begin(state);

    fake_vsock.sleep = kit_respond;
    if (ret || kit_connect(1000, &why))
        return -1;
    fake_vsock.sleep = NULL;
    stream_init_carried(&kit_carried, &virtio_vsock_carrier, kit_stream);
    return kit_carried.carrier->set_patience(&kit_carried, KIT_PATIENCE_MS, KIT_PATIENCE_MS);
}

int kit_end(void **state)
{
    (void)state;
    fake_vsock.sleep = end_cleanly;
    if (kit_stream)
        stream_end(&kit_carried);
    vsock_driver_end(&kit_driver);
    return 0;
}

ssize_t kit_receive(void *data, size_t size, int flags)
{
    struct iovec list[] = {{data, size}};

    return kit_carried.carrier->receive(&kit_carried, list, 1, flags);
}

ssize_t kit_send(const void *data, size_t size)
{
    const struct iovec list[] = {{(void *)data, size}};

    return kit_carried.carrier->send(&kit_carried, list, 1);
}

unsigned char *kit_pattern(size_t size)
{
    unsigned char *data = malloc(size);
    size_t i;

    assert_non_null(data);
    for (i = 0; i < size; i++)
        data[i] = (unsigned char)(i * 7 + (i >> 8));
    return data;
}
