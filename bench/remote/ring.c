/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call through a virtqueue in memory that both processes share, without a virtual machine: of nothing,
 * beside the least that two processes need to take turns, and of a payload that is used where it lies.
 */
#include "client.h"
#include "measure.h"
#include "pingpong.h"
#include "server.h"

#include <errno.h>

enum { SMALL = 1024, LARGE = 256 * 1024 * 1024, QUICK_LARGE = 1024 * 1024, NAME_ROOM = 128 };

struct place {
    const char *name;
    const char *spin; /* microseconds, of both sides */
    bool spins;
    int server_core; /* the client's is 0 */
    struct bar bar;
};

static const struct place places[] = {
    {"spinning, two cores", "50", true, 1, {"value", "at most", 2}},
    {"not spinning, one core", "0", false, 0, {"compared", "at most", 1.3}},
    {"not spinning, two cores", "0", false, 1, {"compared", "at most", 1.3}},
};

/* A row times a column: two arrays to read, and one number that comes back. */
struct dot {
    float *row;
    float *column;
    float *result;
};

struct call {
    struct vaccel_session sess;
    struct pingpong pingpong;
    struct dot dot;
};

static int call_noop(void *context, size_t calls)
{
    struct call *call = context;
    int ret = 0;

    while (calls--)
        ret |= vaccel_noop(&call->sess);
    return ret;
}

static int take_turns(void *context, size_t calls)
{
    struct call *call = context;

    return pingpong_run(&call->pingpong, calls);
}

static int call_dot(struct call *call, size_t payload, size_t calls)
{
    int64_t k = (int64_t)(payload / 2 / sizeof(float));
    struct dot *dot = &call->dot;
    int ret = 0;

    while (calls--)
        ret |=
            vaccel_sgemm(&call->sess, 1, 1, k, 1, dot->row, k, dot->column, 1, 0, dot->result, 1);
    return ret;
}

static size_t large(void)
{
    return at_most_if_quick(LARGE, QUICK_LARGE);
}

static int call_large(void *context, size_t calls)
{
    return call_dot(context, large(), calls);
}

static int call_small(void *context, size_t calls)
{
    return call_dot(context, SMALL, calls);
}

/* Each page is there before the first call: neither side is to be the one that the kernel gives it to. */
static bool dot_begin(struct dot *dot, size_t payload)
{
    size_t elements = payload / 2 / sizeof(float);
    size_t i;

    dot->row = vaccel_alloc(payload / 2);
    dot->column = vaccel_alloc(payload / 2);
    dot->result = vaccel_alloc(sizeof(float));
    for (i = 0; dot->row && dot->column && i < elements; i++)
        dot->row[i] = dot->column[i] = 1;
    return dot->row && dot->column && dot->result;
}

static void dot_end(struct dot *dot)
{
    vaccel_free(dot->row);
    vaccel_free(dot->column);
    vaccel_free(dot->result);
}

static int hold_noop(const struct place *place, struct call *call)
{
    char name[NAME_ROOM];
    const struct contest contest = {
        .name = name,
        .unit = "us",
        .unit_ns = 1e3,
        .run = call_noop,
        .yardstick = place->spins ? "turns in shared memory" : "turns by eventfd",
        .run_yardstick = take_turns,
        .context = call,
        .calls = place->spins ? 20000 : 200,
        .samples = 201,
        .clock = CLOCK_MONOTONIC,
        .comparison = RATIO,
        .bar = place->bar,
    };

    snprintf(name, sizeof(name), "vAccel: NOOP, user attach, %s", place->name);
    return contest_hold(&contest);
}

static int hold_payload(const struct place *place, struct call *call)
{
    char name[NAME_ROOM];
    const struct contest contest = {
        .name = name,
        .unit = "us",
        .unit_ns = 1e3,
        .run = call_large,
        .yardstick = "the same of 1 KiB",
        .run_yardstick = call_small,
        .context = call,
        .calls = place->spins ? 2000 : 200,
        .samples = 101,
        .clock = CLOCK_MONOTONIC,
        .comparison = RATIO,
    };

    snprintf(name, sizeof(name), "vAccel: a product of 256 MiB, user attach, %s", place->name);
    return dot_begin(&call->dot, large()) ? contest_hold(&contest) : ENOMEM;
}

static int hold_both(const struct place *place, struct call *call)
{
    int ret = pingpong_begin(&call->pingpong, place->spins, place->server_core);

    if (ret != 0)
        return ret;
    ret = hold_noop(place, call);
    pingpong_end(&call->pingpong);
    if (ret == 0)
        ret = hold_payload(place, call);
    dot_end(&call->dot);
    return ret;
}

static int measure_at(const struct place *place)
{
    struct call call = {0};
    struct server agent;
    int ret;

    setenv("VACCEL_RPC_SPIN", place->spin, 1);
    ret = server_start_device(&agent, NOOP_PLUGIN, place->spin, place->server_core);
    if (ret != 0)
        return ret;
    ret = client_begin(agent.address);
    if (ret == VACCEL_OK)
        ret = vaccel_session_init(&call.sess, 0);
    if (ret == VACCEL_OK) {
        ret = hold_both(place, &call);
        vaccel_session_release(&call.sess);
    }
    vaccel_cleanup();
    server_stop(&agent);
    return ret;
}

int main(int argc, char **argv)
{
    int ret = 0;
    size_t i;

    measure_begin(argc, argv);
    stay_on_core(0);
    for (i = 0; i < sizeof(places) / sizeof(places[0]) && ret == 0; i++)
        if (places[i].server_core < nr_cores())
            ret = measure_at(&places[i]);
    return ret == 0 ? EXIT_SUCCESS : failed("user attach", ret);
}
