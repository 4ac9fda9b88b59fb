/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A real disk, served by qemu-storage-daemon, read and written through this tree's front end and
 * virtqueue: many requests at once, of all sizes and cut in all ways. What is read is what lies in the
 * file, and what is written lies there afterwards.
 */
#include "virtio-user/front.h"
#include "virtio/split.h"

#include "vaccel/error.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../unit/scratch.h"

enum {
    CONNECT_MS = 1000,
    SECTOR = 512,
    SECTORS = 8192, /* of the disk; the second half is written to */
    QUEUE = 128,
    SLOTS = 24,
    SECTORS_MOST = 16, /* of a request */
    PIECES_MOST = 4,   /* of its data */
    REQUESTS = 20000,
    MEMORY = 1 << 20,
    WAIT_MS = 20000,
};

/* A request of virtio-blk, without data and status. */
struct disk_head {
    uint32_t type;
    uint32_t zero;
    uint64_t sector;
};

enum disk_type { DISK_READ = 0, DISK_WRITE = 1, DISK_FLUSH = 4, DISK_GET_ID = 8 };

struct slot {
    struct disk_head head;
    uint8_t status;
    uint32_t size;
    unsigned char data[SECTORS_MOST * SECTOR];
};

static pid_t daemon_pid;
static struct front front;
static struct front_memory memory;
static struct virtqueue queue;
static int kick, call;
static struct slot *slots; /* in the memory, as the queue is */
static unsigned char *expected;
static size_t waits, in_flight_most;

static unsigned char pattern(size_t at)
{
    return (unsigned char)(at * 31 + at / SECTOR * 7 + at / 65536);
}

/* The seed is fixed: a failure can be repeated. */
static size_t draw(size_t below)
{
    static uint64_t state = 88172645463325252ULL;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state % below);
}

static void make_disk(const char *path)
{
    FILE *file = fopen(path, "w");
    size_t i;

    expected = malloc((size_t)SECTORS * SECTOR);
    assert_true(file && expected);
    for (i = 0; i < (size_t)SECTORS * SECTOR; i++)
        expected[i] = pattern(i);
    assert_int_equal(fwrite(expected, SECTOR, SECTORS, file), SECTORS);
    assert_int_equal(fclose(file), 0);
}

static void start_daemon(const char *disk, const char *socket)
{
    char blockdev[1024];
    char export[1024];

    snprintf(blockdev, sizeof(blockdev), "driver=file,node-name=disk,filename=%s", disk);
    snprintf(export, sizeof(export),
             "type=vhost-user-blk,id=export,node-name=disk,addr.type=unix,addr.path=%s,writable=on",
             socket);
    daemon_pid = fork();
    if (!daemon_pid) {
        execlp("qemu-storage-daemon", "qemu-storage-daemon", "--blockdev", blockdev, "--export",
               export, (char *)NULL);
        _exit(127);
    }
    assert_true(daemon_pid > 0);
}

/* The socket is there a little before the daemon listens at it. */
static int connect_to_daemon(const char *socket)
{
    int ret = -1;
    int i;

    for (i = 0; i < WAIT_MS && ret; i++) {
        assert_int_equal(waitpid(daemon_pid, NULL, WNOHANG), 0);
        usleep(1000);
        if (!access(socket, F_OK))
            ret = front_connect(&front, socket, CONNECT_MS);
    }
    return ret;
}

static void make_memory(void)
{
    memory.fd = memfd_create("disk", MFD_CLOEXEC);
    memory.size = MEMORY;
    assert_int_equal(ftruncate(memory.fd, MEMORY), 0);
    memory.base = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED, memory.fd, 0);
    assert_ptr_not_equal(memory.base, MAP_FAILED);
    slots = (void *)((char *)memory.base + (MEMORY - SLOTS * sizeof(*slots)) / 64 * 64);
    assert_true((char *)slots - (char *)memory.base >= (ptrdiff_t)virtqueue_bytes(QUEUE));
}

static int begin(void **state)
{
    char socket[512];

    if (scratch_make(state))
        return -1;
    snprintf(socket, sizeof(socket), "%s", scratch_path("disk.sock"));
    make_disk(scratch_path("disk"));
    start_daemon(scratch_path("disk"), socket);
    make_memory();
    kick = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    call = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return connect_to_daemon(socket);
}

static int end(void **state)
{
    front_let_go(&front);
    kill(daemon_pid, SIGKILL);
    waitpid(daemon_pid, NULL, 0);
    virtqueue_end(&queue);
    munmap(memory.base, memory.size);
    close(memory.fd);
    close(kick);
    close(call);
    free(expected);
    return scratch_remove(state);
}

static void start(bool event_idx)
{
    struct front_ring ring = {.size = QUEUE, .kick = kick, .call = call};

    memset(memory.base, 0, virtqueue_bytes(QUEUE));
    assert_true(virtqueue_begin(&queue, QUEUE, memory.base, event_idx));
    ring.desc = queue.desc;
    ring.avail = queue.avail;
    ring.used = queue.used;
    assert_int_equal(front_start(&front, &memory, &ring), VACCEL_OK);
}

/* The data is cut anywhere, also within a sector. */
static size_t cut(struct slot *slot, struct virtio_segment *segments)
{
    uint32_t left = slot->size;
    size_t count;
    uint32_t part;

    for (count = 0; left; count++, left -= part) {
        part = count == PIECES_MOST - 1 ? left : 1 + (uint32_t)draw(left);
        segments[count] = (struct virtio_segment){(uintptr_t)slot->data + slot->size - left, part};
    }
    return count;
}

static bool post(struct slot *slot)
{
    struct virtio_segment segments[PIECES_MOST + 2];
    bool is_write = slot->head.type == DISK_WRITE;
    size_t count = 1 + cut(slot, segments + 1);

    segments[0] = (struct virtio_segment){(uintptr_t)&slot->head, sizeof(slot->head)};
    segments[count] = (struct virtio_segment){(uintptr_t)&slot->status, 1};
    slot->status = 0xff;
    return virtqueue_post(&queue, segments, is_write ? count : 1, is_write ? 1 : count, slot);
}

static void notify(void)
{
    const uint64_t one = 1;

    if (virtqueue_must_notify(&queue))
        assert_int_equal(write(kick, &one, sizeof(one)), sizeof(one));
}

static struct slot *await(uint32_t *written)
{
    struct pollfd poller = {.fd = call, .events = POLLIN};
    struct slot *slot;
    uint64_t count;

    while (!(slot = virtqueue_take(&queue, written))) {
        assert_false(queue.broken);
        if (!virtqueue_arm(&queue))
            continue;
        assert_int_equal(poll(&poller, 1, WAIT_MS), 1);
        assert_int_equal(read(call, &count, sizeof(count)), sizeof(count));
        waits++;
    }
    return slot;
}

/*
 * Reads of the first half. Writes to the second, which each have a part of it that no other has at the
 * same time: that of the slot.
 */
static void choose(struct slot *slot, size_t number)
{
    enum { HALF = SECTORS / 2, PART = HALF / SLOTS };
    size_t count = 1 + draw(SECTORS_MOST);
    size_t i;

    slot->head.type = draw(2) ? DISK_READ : DISK_WRITE;
    slot->head.sector = slot->head.type == DISK_READ
                            ? draw(HALF - SECTORS_MOST)
                            : HALF + number * PART + draw(PART - SECTORS_MOST);
    slot->size = (uint32_t)(count * SECTOR);
    for (i = 0; i < slot->size; i++)
        slot->data[i] = slot->head.type == DISK_WRITE ? (unsigned char)draw(256) : 0;
}

static void remember(const struct slot *slot)
{
    if (slot->head.type == DISK_WRITE)
        memcpy(expected + slot->head.sector * SECTOR, slot->data, slot->size);
}

static void check(const struct slot *slot, uint32_t written)
{
    bool is_read = slot->head.type == DISK_READ;

    assert_int_equal(slot->status, 0);
    assert_int_equal(written, 1 + (is_read ? slot->size : 0));
    if (is_read)
        assert_memory_equal(slot->data, expected + slot->head.sector * SECTOR, slot->size);
}

static void carry_out(uint32_t type)
{
    uint32_t written;

    slots[0].head = (struct disk_head){.type = type};
    slots[0].size = type == DISK_GET_ID ? 20 : 0;
    assert_true(post(&slots[0]));
    notify();
    assert_ptr_equal(await(&written), &slots[0]);
    assert_int_equal(slots[0].status, 0);
}

/* Keep the queue as full as it gets. */
static void run(size_t requests)
{
    bool busy[SLOTS] = {false};
    size_t in_flight = 0;
    size_t posted = 0;
    size_t back = 0;
    struct slot *slot;
    uint32_t written;
    size_t i;

    while (back < requests) {
        for (i = 0; i < SLOTS && posted < requests; i++) {
            if (busy[i])
                continue;
            choose(&slots[i], i);
            if (!post(&slots[i]))
                break;
            remember(&slots[i]);
            busy[i] = true;
            posted++;
            in_flight++;
        }
        notify();
        in_flight_most = in_flight > in_flight_most ? in_flight : in_flight_most;
        slot = await(&written);
        check(slot, written);
        busy[slot - slots] = false;
        in_flight--;
        back++;
    }
}

static void assert_file_is_as_expected(void)
{
    unsigned char *found = malloc((size_t)SECTORS * SECTOR);
    FILE *file = fopen(scratch_path("disk"), "r");

    assert_true(file && found);
    assert_int_equal(fread(found, SECTOR, SECTORS, file), SECTORS);
    assert_memory_equal(found, expected, (size_t)SECTORS * SECTOR);
    fclose(file);
    free(found);
}

static void use(bool event_idx)
{
    uint64_t features;

    assert_int_equal(front_negotiate(&front, VIRTIO_BIT(VIRTIO_F_VERSION_1),
                                     event_idx ? VIRTIO_BIT(VIRTIO_F_RING_EVENT_IDX) : 0,
                                     &features),
                     VACCEL_OK);
    start(features & VIRTIO_BIT(VIRTIO_F_RING_EVENT_IDX));
    run(REQUESTS);
    carry_out(DISK_FLUSH);
    assert_int_equal(front_stop(&front), VACCEL_OK);
    assert_file_is_as_expected();
    assert_true(waits > 0);
    assert_true(in_flight_most > 4);
}

static void test_reads_and_writes(void **state)
{
    (void)state;
    use(true);
    assert_int_equal(queue.event_idx, true);
}

static void test_without_the_event_index(void **state)
{
    (void)state;
    use(false);
}

/* The device is stopped and started with a fresh ring, as a guest does that boots again. */
static void test_a_second_start(void **state)
{
    uint64_t features;
    int i;

    (void)state;
    assert_int_equal(front_negotiate(&front, VIRTIO_BIT(VIRTIO_F_VERSION_1), 0, &features),
                     VACCEL_OK);
    for (i = 0; i < 3; i++) {
        start(false);
        run(100);
        carry_out(DISK_GET_ID);
        assert_int_equal(front_stop(&front), VACCEL_OK);
        virtqueue_end(&queue);
    }
}

static void test_the_configuration_says_how_large_it_is(void **state)
{
    uint64_t features;
    uint64_t capacity = 0;
    bool is_there;

    (void)state;
    assert_int_equal(front_negotiate(&front, VIRTIO_BIT(VIRTIO_F_VERSION_1), 0, &features),
                     VACCEL_OK);
    assert_int_equal(front_read_config(&front, 0, &capacity, sizeof(capacity), &is_there),
                     VACCEL_OK);
    assert_true(is_there);
    assert_int_equal(capacity, SECTORS);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(test_the_configuration_says_how_large_it_is),
        WITH(test_reads_and_writes),
        WITH(test_without_the_event_index),
        WITH(test_a_second_start),
    };

    if (system("qemu-storage-daemon --version >/dev/null 2>&1")) {
        puts("qemu-storage-daemon, which serves the disk, is not installed");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
