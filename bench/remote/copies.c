/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is copied, received and sent for one vaccel_sgemm through a socket or a virtqueue, on both sides,
 * as count_copies.c sees it: this program links it, the agent has it preloaded. The plugin tells where
 * it found the matrices, so that this can be compared with where the sockets put the bytes, or with where
 * the caller has them.
 */
#include "client.h"
#include "count_copies.h"
#include "measure.h"
#include "same_memory.h"
#include "server.h"
#include "witness.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SIDE = 2048, NAME_ROOM = 128, SETTLE_MS = 100 };

struct call {
    struct vaccel_session sess;
    struct product product;
    struct copies *client;
    struct copies *agent; /* broker and worker */
};

static void forget(struct copies *copies)
{
    atomic_store(&copies->bytes, 0);
    atomic_store(&copies->received.nr_pieces, 0);
    atomic_store(&copies->sent.nr_pieces, 0);
}

static bool is_complete(const struct copies *copies)
{
    return copies->received.nr_pieces <= PIECES_MOST && copies->sent.nr_pieces <= PIECES_MOST;
}

/* The client may have its answer before the agent's last send() is counted. */
static void let_settle(void)
{
    const struct timespec settling = {.tv_nsec = SETTLE_MS * 1000 * 1000};

    nanosleep(&settling, NULL);
}

static int call_once(struct call *call, float alpha)
{
    const struct product *p = &call->product;
    int64_t side = (int64_t)p->side;
    int ret;

    forget(call->client);
    forget(call->agent);
    ret = vaccel_sgemm(&call->sess, side, side, side, alpha, p->a, side, p->b, side, 0, p->c, side);
    let_settle();
    if (ret == VACCEL_OK && !(is_complete(call->client) && is_complete(call->agent)))
        ret = VACCEL_ERANGE;
    return ret;
}

/* Of what was moved, the bytes that lay there. */
static size_t moved_at(const struct moved *moved, uintptr_t at, size_t size)
{
    size_t bytes = 0;
    uintptr_t low, high;
    size_t i;

    for (i = 0; i < moved->nr_pieces; i++) {
        low = moved->pieces[i].at;
        high = low + moved->pieces[i].size;
        low = low > at ? low : at;
        high = high < at + size ? high : at + size;
        bytes += high > low ? high - low : 0;
    }
    return bytes;
}

static size_t moved_at_all(const struct moved *moved)
{
    return moved_at(moved, 0, UINTPTR_MAX);
}

static void report_bytes(const char *what, const char *kind, size_t bytes, size_t payload,
                         struct bar bar)
{
    double ratio = (double)bytes / (double)payload;
    char name[NAME_ROOM];
    const struct line line = {
        .name = name,
        .unit = "bytes",
        .value = (double)bytes,
        .yardstick = "the payload",
        .yardstick_value = (double)payload,
        .comparison = RATIO,
        .compared = {ratio, ratio, ratio},
        .bar = bar,
        .samples = 1,
    };

    snprintf(name, sizeof(name), "vAccel: bytes %s, SGEMM 2048, %s", what, kind);
    report(&line);
}

static void report_copied(const struct call *call, const char *kind)
{
    const struct bar none = {"value", "at most", 0};
    size_t size = product_matrix_size(&call->product);

    report_bytes("copied by the client", kind, call->client->bytes, 3 * size, none);
    report_bytes("copied by the agent", kind, call->agent->bytes, 3 * size, none);
}

/* All of a matrix, if its first byte is: nothing but a mapping makes it so. */
static void report_shared(const struct call *call, pid_t agent, const char *kind)
{
    const struct product *p = &call->product;
    const struct bar all = {"compared", "at least", 1};
    size_t size = product_matrix_size(p);
    struct witness seen;
    size_t shared;

    memcpy(&seen, p->c, sizeof(seen));
    shared = same_memory(agent, seen.a, p->a) * size + same_memory(agent, seen.b, p->b) * size +
             same_memory(agent, seen.c, p->c) * size;
    report_bytes("used where the caller has them", kind, shared, 3 * size, all);
}

static void report_call(const struct call *call, const char *kind)
{
    const struct product *p = &call->product;
    const struct moved *to_agent = &call->agent->received;
    const struct moved *to_client = &call->client->received;
    const struct bar most = {"compared", "at least", 0.99}; /* but what came with a header */
    const struct bar once = {"compared", "at most", 1.001}; /* the headers are bytes, too */
    size_t size = product_matrix_size(p);
    struct witness seen;

    memcpy(&seen, p->c, sizeof(seen));
    report_bytes("sent from where they lie", kind,
                 moved_at(&call->client->sent, (uintptr_t)p->a, size) +
                     moved_at(&call->client->sent, (uintptr_t)p->b, size) +
                     moved_at(&call->agent->sent, seen.c, size),
                 3 * size, most);
    report_bytes("received where they are used", kind,
                 moved_at(to_agent, seen.a, size) + moved_at(to_agent, seen.b, size) +
                     moved_at(to_client, (uintptr_t)p->c, size),
                 3 * size, most);
    report_bytes("received", kind, moved_at_all(to_agent) + moved_at_all(to_client), 3 * size,
                 once);
}

/* The agent's plugin makes one copy of a matrix: is that what is counted there? */
static int check_count(struct call *call)
{
    size_t size = product_matrix_size(&call->product);
    int ret = call_once(call, WITNESS_COPIES);

    if (ret == VACCEL_OK && call->agent->bytes != size) {
        fprintf(stderr, "a copy of %zu bytes in the agent was counted as %zu\n", size,
                (size_t)call->agent->bytes);
        ret = VACCEL_EBACKEND;
    }
    return ret;
}

static int count(struct call *call)
{
    int ret = call_once(call, 1); /* the first one may load things */

    if (ret == VACCEL_OK)
        ret = check_count(call);
    return ret == VACCEL_OK ? call_once(call, 1) : ret;
}

static int count_from(const struct server *agent, const char *kind, struct call *call)
{
    int ret = client_begin(agent->address);

    if (ret == VACCEL_OK)
        ret = vaccel_session_init(&call->sess, 0);
    if (ret != VACCEL_OK)
        return ret;
    ret = count(call);
    vaccel_session_release(&call->sess);
    if (ret == VACCEL_OK)
        report_copied(call, kind);
    return ret;
}

/* The agent's processes find the counts, which are in no folder, among this one's descriptors. */
static int start_agent(struct server *agent, const char *kind, int counts)
{
    char path[NAME_ROOM];
    int ret;

    snprintf(path, sizeof(path), "/proc/%d/fd/%d", getpid(), counts);
    setenv("BENCH_COPIES", path, 1);
    setenv("LD_PRELOAD", COUNT_COPIES, 1);
    ret = strcmp(kind, "user attach") == 0
              ? server_start_device(agent, WITNESS_PLUGIN, "50", ALL_CORES)
              : server_start_agent(agent, kind, WITNESS_PLUGIN, ALL_CORES);
    unsetenv("LD_PRELOAD");
    return ret;
}

static int count_through(const char *kind, int counts, struct call *call)
{
    struct server agent;
    int ret = start_agent(&agent, kind, counts);

    if (ret != 0)
        return ret;
    ret = count_from(&agent, kind, call);
    if (ret == VACCEL_OK && strcmp(kind, "user attach") == 0)
        report_shared(call, agent.pid, kind);
    else if (ret == VACCEL_OK)
        report_call(call, kind);
    server_stop(&agent);
    return ret;
}

static int count_through_sockets(int counts, struct call *call)
{
    int ret = product_begin(&call->product, SIDE);

    if (ret == 0)
        ret = count_through("unix", counts, call);
    if (ret == 0)
        ret = count_through("tcp", counts, call);
    product_end(&call->product);
    return ret;
}

static int count_through_ring(int counts, struct call *call)
{
    int ret = product_begin_shared(&call->product, SIDE);

    if (ret == 0)
        ret = count_through("user attach", counts, call);
    return ret;
}

static int make_counts(int *fd, struct copies **counts)
{
    *fd = memfd_create("copies", MFD_CLOEXEC);
    if (*fd < 0 || ftruncate(*fd, sizeof(**counts)) != 0)
        return errno;
    *counts = mmap(NULL, sizeof(**counts), PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
    return *counts == MAP_FAILED ? errno : 0;
}

int main(int argc, char **argv)
{
    struct call call = {.client = copies_counted()};
    int counts;
    int ret;

    measure_begin(argc, argv);
    ret = make_counts(&counts, &call.agent);
    if (ret == 0)
        ret = count_through_sockets(counts, &call);
    if (ret == 0)
        ret = count_through_ring(counts, &call);
    return ret == 0 ? EXIT_SUCCESS : failed("counting what is copied", ret);
}
