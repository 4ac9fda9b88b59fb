/* SPDX-License-Identifier: Apache-2.0 */
#include "virtio-vsock/connection.h"
#include "platform/text.h"
#include "socket/state.h"
#include "virtio-vsock/stream.h"
#include "vaccel.h"

enum { NS_PER_MS = 1000000, NS_PER_US = 1000 };

/* Of the only device. It stays up between connections: not every device comes back from a reset. */
static struct vsock_driver driver;

/* What is behind the digits; NULL: they are no number of 32 bits. */
static const char *read_number(const char *text, uint32_t *number)
{
    const char *at = text;
    uint64_t value = 0;

    for (; *at >= '0' && *at <= '9' && value <= UINT32_MAX; at++)
        value = value * 10 + (uint64_t)(*at - '0');
    *number = (uint32_t)value;
    return at > text && value <= UINT32_MAX ? at : NULL;
}

static bool parse(const char *address, uint32_t *cid, uint32_t *port)
{
    static const char scheme[] = "vsock://";
    const char *at = NULL;

    if (text_starts_with(address, scheme))
        at = read_number(address + sizeof(scheme) - 1, cid);
    if (at && *at == ':')
        at = read_number(at + 1, port);
    else
        at = NULL;
    return at && !*at;
}

static int bring_up(const struct connection_settings *settings)
{
    struct virtio_device *device = driver.device;
    int ret = VACCEL_OK;

    if (!device)
        device = virtio_vsock_find();
    if (!device) {
        vaccel_error("there is no vsock device, which the address %s needs: give the machine one",
                     settings->address);
        return VACCEL_ENODEV;
    }
    if (driver.buffers && driver.is_gone)
        vsock_driver_end(&driver);
    if (!driver.buffers)
        ret = vsock_driver_begin(&driver, device);
    driver.spin_ns = (uint64_t)settings->spin_us * NS_PER_US;
    return ret;
}

static int connect_stream(const struct connection_settings *settings, struct vsock_stream **stream)
{
    uint64_t deadline = platform_clock() + (uint64_t)settings->connect_ms * NS_PER_MS;
    const char *why;
    uint32_t cid;
    uint32_t port;
    int ret;

    if (!parse(settings->address, &cid, &port)) {
        vaccel_error("the address \"%.200s\" is wrong: write vsock://cid:port, as vsock://2:65500",
                     settings->address);
        return VACCEL_EINVAL;
    }
    ret = bring_up(settings);
    if (ret != VACCEL_OK)
        return ret;
    ret = vsock_stream_connect(&driver, cid, port, deadline, stream, &why);
    if (ret != VACCEL_OK)
        vaccel_error("no agent can be reached: cannot connect to %s: %s", settings->address, why);
    return ret;
}

int vsock_connection_open(const struct connection_settings *settings,
                          struct connection **connection)
{
    struct socket_connection *made = socket_connection_new(settings);
    struct vsock_stream *stream;
    int ret = made ? connect_stream(settings, &stream) : VACCEL_ENOMEM;

    if (ret != VACCEL_OK) {
        if (made)
            socket_connection_free(made);
        return ret;
    }
    stream_init_carried(&made->stream, &virtio_vsock_carrier, stream);
    return socket_connection_begin(made, connection);
}
