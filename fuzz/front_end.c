/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests of a front end, each with a body and descriptors of the input's choice. A ring that is said to be
 * running lies in memory that is there, what a worker would be told is complete, and no descriptor stays open.
 */
#include "agent/broker/front_end.h"
#include "agent/broker/front_end_requests.h"
#include "bytes.h"
#include "virtio/virtio.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENT, MEMORY, NOTHING, NR_FILES, MEMORY_SIZE = 1 << 20, MOST_FDS = VHOST_FDS_MOST + 1 };
enum { TRIES = 5000 };

static int files[NR_FILES];

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    files[EVENT] = eventfd(0, EFD_CLOEXEC);
    files[MEMORY] = memfd_create("fuzz", MFD_CLOEXEC);
    files[NOTHING] = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (files[EVENT] < 0 || files[NOTHING] < 0 || ftruncate(files[MEMORY], MEMORY_SIZE))
        abort();
    return 0;
}

/* A request, what of its flags is set, how many descriptors and which, and its body. */
static bool say(int fd, struct bytes *input)
{
    struct vhost_message message = {.header.request = bytes_take_8(input)};
    uint8_t how = bytes_take_8(input);
    size_t i;

    message.header.flags = how & VHOST_USER_NEED_REPLY;
    message.nr_fds = (how >> 4) % MOST_FDS;
    for (i = 0; i < message.nr_fds; i++)
        message.fds[i] = files[(how & 7) % NR_FILES];
    message.header.size = bytes_take_16(input) % sizeof(message.body);
    bytes_take(input, &message.body, message.header.size);
    return vhost_send(fd, &message);
}

static void swallow_replies(int fd)
{
    char replies[1024];

    while (recv(fd, replies, sizeof(replies), MSG_DONTWAIT) > 0)
        ;
}

static bool lies_inside(const struct device_state *state, uint64_t address, size_t size)
{
    uint32_t i;

    for (i = 0; i < state->nr_regions; i++)
        if (address >= state->regions[i].front_address &&
            address - state->regions[i].front_address < state->regions[i].size &&
            size <= state->regions[i].size - (address - state->regions[i].front_address))
            return true;
    return false;
}

static void check_ring(const struct device_state *state, const struct device_ring *ring)
{
    if (!ring->size || ring->size > DEVICE_QUEUE_MOST || ring->base > UINT16_MAX ||
        !lies_inside(state, ring->desc, virtq_desc_bytes(ring->size)) ||
        !lies_inside(state, ring->avail, virtq_avail_bytes(ring->size)) ||
        !lies_inside(state, ring->used, virtq_used_bytes(ring->size)))
        abort();
}

static size_t count_fds(const struct device_state *state)
{
    size_t count = state->nr_regions + (size_t)state->has_front;
    size_t i;

    for (i = 0; i < state->nr_rings; i++)
        count += (size_t)state->rings[i].has_kick + state->rings[i].has_call;
    return count;
}

static void check(const struct front_end *front)
{
    struct device_state state;
    int fds[DEVICE_FDS_MOST];
    size_t count = front_end_state(front, &state, fds);
    size_t i;

    if (count != count_fds(&state))
        abort();
    for (i = 0; i < count; i++)
        if (fcntl(fds[i], F_GETFD) < 0)
            abort();
    for (i = 0; state.is_running && i < state.nr_rings; i++)
        check_ring(&state, &state.rings[i]);
}

static void converse(struct front_end *front, int other, struct bytes *input)
{
    enum front_end_news news = FRONT_END_LISTENS;
    uint16_t next[DEVICE_RINGS_MOST] = {0};

    while (input->size && news != FRONT_END_IS_GONE && say(other, input)) {
        news = front_end_hear(front);
        if (news == FRONT_END_STOPS) {
            next[0] = next[1] = bytes_take_16(input);
            if (!front_end_stopped(front, next))
                break;
        }
        if (news != FRONT_END_IS_GONE)
            check(front);
        swallow_replies(other);
    }
}

/* The lowest number that is free tells whether one below it was left open. */
static int lowest_free(void)
{
    int fd = dup(STDERR_FILENO);

    close(fd);
    return fd;
}

/* What could hold the broker up when it is closed another thread closes, a moment later. */
static bool all_are_closed(int before)
{
    int tries = TRIES;

    while (lowest_free() != before && --tries)
        usleep(1000);
    return tries;
}

static void begin(struct front_end *front, uint8_t kind)
{
    static const struct {
        uint32_t device;
        const char *address;
    } kinds[] = {{VIRTIO_ID_BLOCK, "vhost-user:///run/vm0.sock"},
                 {63, "vhost-user:///run/vm0.sock?id=63"},
                 {VIRTIO_ID_VSOCK, "vhost-vsock:///run/vm0.sock?cid=5"}};
    size_t which = kind % (sizeof(kinds) / sizeof(kinds[0]));

    front_end_init(front, kinds[which].device, kinds[which].address);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = {data, size};
    struct front_end front;
    int before = lowest_free();
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
        return 0;
    begin(&front, bytes_take_8(&input));
    front_end_begin(&front, ends[0]);
    converse(&front, ends[1], &input);
    front_end_end(&front);
    close(ends[1]);
    if (!all_are_closed(before))
        abort();
    return 0;
}
