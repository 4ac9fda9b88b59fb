/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtio device whose guest is the input: it writes to its memory, the rings among it, and makes chains
 * available. The chains are served by this thread, as they come. Nothing may be left of it.
 */
#include "agent/worker/device/request.h"
#include "agent/worker/worker.h"
#include "bytes.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    SIZE = 64 * 1024, /* of the guest's memory: two regions that adjoin */
    QUEUE = 8,
    AVAIL = 0x200, /* the descriptors lie at the beginning */
    USED = 0x300,
    CHAINS_MOST = 64, /* of one input */
};

enum step { STEP_WRITE, STEP_POST, STEP_INDEX, STEP_AGAIN, STEPS };

struct worker worker;
static struct device device;
static struct device_ledger ledger;
static int file;
static unsigned char *memory;
static unsigned int chains;

void worker_tell_closed(unsigned int slot)
{
    (void)slot;
}

void worker_tell_fault(void)
{
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    worker.settings.limits = (struct limits){
        .connections = 1,
        .sessions = 4,
        .resources = 4,
        .resource_bytes = 1 << 20,
        .held_bytes = 1 << 20,
        .calls = 4,
        .message_bytes = 1 << 20,
        .connection_bytes = 1 << 20,
    };
    worker.settings.allow_exec = true;
    file = memfd_create("guest", MFD_CLOEXEC);
    if (file < 0 || ftruncate(file, SIZE) || vaccel_plugin_load(NOOP_PLUGIN) != VACCEL_OK)
        abort();
    memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    return 0;
}

static void begin(uint64_t features)
{
    struct device_state state = {
        .features = features,
        .nr_regions = 2,
        .nr_rings = 1,
        .regions = {{0, SIZE / 2, 0, 0}, {SIZE / 2, SIZE / 2, SIZE / 2, SIZE / 2}},
        .rings = {{.avail = AVAIL, .used = USED, .size = QUEUE}},
        .is_running = true,
    };
    int fds[] = {dup(file), dup(file), -1, -1, -1};

    memset(memory, 0, SIZE);
    memset(&ledger, 0, sizeof(ledger));
    if (!device_begin(&device, &ledger, 1, "fuzzer"))
        abort();
    virtio_device_set(&device.virtio, &state, fds);
}

static void serve_one(struct device_request *request)
{
    request_take(&device, request);
    request = request_read(&device, request);
    if (request)
        request_run(&device, request);
}

static void serve(void)
{
    struct device_request *request;

    while (device.virtio.serving && ring_ready(device_ring(&device)) && chains++ < CHAINS_MOST) {
        request = request_new(&device);
        if (!request)
            abort();
        if (ring_take(device_ring(&device), &request->chain) == RING_TAKEN)
            serve_one(request);
        else
            request_free(&device, request);
    }
}

static void post(uint16_t head)
{
    struct virtq_avail *avail = (void *)(memory + AVAIL);

    avail->ring[avail->idx % QUEUE] = head;
    avail->idx++;
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
    case STEP_POST:
        post(value);
        break;
    case STEP_INDEX:
        memcpy(memory + AVAIL + 2, &value, sizeof(value));
        break;
    default:
        post(value);
        post(value);
        break;
    }
    serve();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes bytes = {data, size};

    begin((uint64_t)bytes_take_8(&bytes) << VIRTIO_F_RING_INDIRECT_DESC);
    chains = 0;
    while (bytes.size)
        step(&bytes);
    virtio_device_stop(&device.virtio);
    requests_drop(&device);
    if (!device_kind.is_idle(&device.virtio))
        abort();
    virtio_device_leave(&device.virtio);
    device_end(&device);
    return 0;
}
