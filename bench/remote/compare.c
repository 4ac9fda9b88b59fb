/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call through a socket by vAccel and by the peer that this program is built with: of nothing, and
 * of matrices. Both have their servers, which wait while it is not their turn. Client and server are
 * either confined to the same processor or to one each.
 */
#include "client.h"
#include "measure.h"
#include "server.h"

#include <errno.h>

enum { SIDE = 2048, QUICK_SIDE = 256, NAME_ROOM = 128 };

struct place {
    const char *kind; /* of socket */
    const char *cores;
    int server_core; /* the client's is 0 */
};

static const struct place places[] = {
    {"unix", "one core", 0},
    {"tcp", "one core", 0},
    {"unix", "two cores", 1},
    {"tcp", "two cores", 1},
};

struct rivals {
    struct vaccel_session sess;
    void *client;
    struct product product;
};

static int our_noop(void *context, size_t calls)
{
    struct rivals *rivals = context;
    int ret = 0;

    while (calls--)
        ret |= vaccel_noop(&rivals->sess);
    return ret;
}

static int their_noop(void *context, size_t calls)
{
    struct rivals *rivals = context;
    int ret = 0;

    while (calls--)
        ret |= peer.noop(rivals->client);
    return ret;
}

static int our_product(void *context, size_t calls)
{
    struct rivals *rivals = context;
    int ret = 0;

    while (calls--)
        ret |= product_multiply(&rivals->product, &rivals->sess);
    return ret;
}

static int their_product(void *context, size_t calls)
{
    struct rivals *rivals = context;
    int ret = 0;

    while (calls--)
        ret |= peer.multiply(rivals->client, &rivals->product);
    return ret;
}

static int hold(struct contest contest, const char *what, const struct place *place, repeated ours,
                repeated theirs)
{
    char name[NAME_ROOM];

    snprintf(name, sizeof(name), "%s: %s, %s, %s", peer.is_yardstick ? "vAccel" : peer.name, what,
             place->kind, place->cores);
    contest.name = name;
    contest.yardstick = peer.is_yardstick ? peer.name : "vAccel";
    contest.run = peer.is_yardstick ? ours : theirs;
    contest.run_yardstick = peer.is_yardstick ? theirs : ours;
    contest.clock = CLOCK_MONOTONIC;
    contest.comparison = RATIO;
    if (!peer.is_yardstick)
        contest.bar = (struct bar){0};
    return contest_hold(&contest);
}

static int hold_both(struct rivals *rivals, const struct place *place)
{
    const struct contest noop = {
        .unit = "us",
        .unit_ns = 1e3,
        .context = rivals,
        .calls = 100,
        .samples = 201,
        .bar = {"compared", "at most", 1.3},
    };
    const struct contest product = {
        .unit = "GB/s",
        .work = 3 * (double)product_matrix_size(&rivals->product),
        .context = rivals,
        .calls = 1,
        .samples = 51,
        .bar = {"compared", "at least", 0.8},
    };
    int ret = hold(noop, "NOOP", place, our_noop, their_noop);

    return ret ? ret : hold(product, "SGEMM 2048, 48 MiB", place, our_product, their_product);
}

/*
 * With both servers running. Whether the peer's listens only its own client tries: a connection that
 * says nothing and goes away makes nng 1.5 lose events of the next one.
 */
static int meet(const struct place *place, const char *ours, struct server *theirs,
                struct rivals *rivals)
{
    int ret = client_begin(ours);

    if (ret == VACCEL_OK)
        ret = vaccel_session_init(&rivals->sess, 0);
    if (ret != VACCEL_OK)
        return ret;
    do {
        rivals->client = peer.connect(theirs->address);
    } while (!rivals->client && server_have_patience(theirs));
    ret = rivals->client ? hold_both(rivals, place) : ECONNREFUSED;
    if (rivals->client)
        peer.disconnect(rivals->client);
    vaccel_session_release(&rivals->sess);
    return ret;
}

static int start_peer(struct server *server, const struct place *place)
{
    const char *const command[] = {"/proc/self/exe", "--serve", server->address, NULL};
    int ret = address_new(place->kind, server->address);

    return ret ? ret : server_start(server, command, place->server_core);
}

static int compare_at(const struct place *place, struct rivals *rivals)
{
    struct server ours, theirs;
    int ret = server_start_agent(&ours, place->kind, NOOP_PLUGIN, place->server_core);

    if (ret != 0)
        return ret;
    ret = start_peer(&theirs, place);
    if (ret == 0) {
        ret = meet(place, ours.address, &theirs, rivals);
        server_stop(&theirs);
    }
    server_stop(&ours);
    return ret;
}

static int compare(void)
{
    struct rivals rivals;
    int ret = product_begin(&rivals.product, at_most_if_quick(SIDE, QUICK_SIDE));
    size_t i;

    if (ret != VACCEL_OK)
        return ret;
    stay_on_core(0);
    for (i = 0; i < sizeof(places) / sizeof(places[0]) && ret == 0; i++)
        if (places[i].server_core < nr_cores())
            ret = compare_at(&places[i], &rivals);
    product_end(&rivals.product);
    return ret;
}

int main(int argc, char **argv)
{
    int ret;

    measure_begin(argc, argv);
    if (argc == 3 && strcmp(argv[1], "--serve") == 0)
        return failed(argv[2], peer.serve(argv[2]));
    ret = compare();
    return ret == 0 ? EXIT_SUCCESS : failed(peer.name, ret);
}
