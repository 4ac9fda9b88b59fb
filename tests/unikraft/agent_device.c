/* SPDX-License-Identifier: Apache-2.0 */
#include "virtio-user/front.h"

#include "agent_device.h"

#include "vaccel/error.h"
#include "virtio/accel.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

enum { HEAP_SIZE = 256 << 20, CONNECT_MS = 10000 };

static struct front front;
static struct front_memory memory;
static int kick;
static int call;

static void start(struct device *device)
{
    const struct front_ring ring = {
        .size = device->queue_size,
        .desc = (void *)(uintptr_t)device->desc,
        .avail = (void *)(uintptr_t)device->avail,
        .used = (void *)(uintptr_t)device->used,
        .kick = kick,
        .call = call,
    };

    must(device->chosen == device->offered);
    must(front_start(&front, &memory, &ring) == VACCEL_OK);
}

static void stop(struct device *device)
{
    (void)device;
    must(front_stop(&front) == VACCEL_OK);
}

static void notify(struct device *device)
{
    const uint64_t one = 1;

    (void)device;
    must(write(kick, &one, sizeof(one)) == sizeof(one));
}

static bool has_called(struct device *device, int wait_ms)
{
    struct pollfd polled = {.fd = call, .events = POLLIN};
    uint64_t count;

    return poll(&polled, 1, wait_ms) > 0 && read(call, &count, sizeof(count)) == sizeof(count) &&
           ++device->interrupts;
}

static const struct backend backend = {start, stop, notify, has_called};

static void share_heap(void)
{
    memory.fd = memfd_create("heap", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    memory.size = HEAP_SIZE;
    must(memory.fd >= 0 && !ftruncate(memory.fd, HEAP_SIZE));
    must(!fcntl(memory.fd, F_ADD_SEALS, F_SEAL_SHRINK));
    memory.base = mmap(NULL, HEAP_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, memory.fd, 0);
    must(memory.base != MAP_FAILED);
    heap_use(memory.base, HEAP_SIZE);
}

void agent_device_begin(struct device *device, const char *path)
{
    uint64_t features;
    bool is_there;

    kick = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    call = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    share_heap();
    must(front_connect(&front, path, CONNECT_MS) == VACCEL_OK);
    must(front_negotiate(&front, VIRTIO_BIT(VIRTIO_F_VERSION_1),
                         VIRTIO_BIT(VIRTIO_F_RING_EVENT_IDX), &features) == VACCEL_OK);
    device_begin(device, VIRTIO_ID_BLOCK, false);
    device->backend = &backend;
    device->offered =
        features & (VIRTIO_BIT(VIRTIO_F_VERSION_1) | VIRTIO_BIT(VIRTIO_F_RING_EVENT_IDX));
    must(front_read_config(&front, 0, device->config,
                           ACCEL_CONFIG_AT_CARRIER + sizeof(struct accel_config),
                           &is_there) == VACCEL_OK &&
         is_there);
}

void agent_device_end(struct device *device)
{
    device_end(device);
    front_hang_up(&front);
    front_close(&front);
    close(kick);
    close(call);
}
