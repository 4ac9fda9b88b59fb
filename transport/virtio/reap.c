/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/relax.h"
#include "virtio/state.h"
#include "vaccel.h"

/* What comes back, by the one thread that reaps. */

enum {
    BATCH = 16, /* chains that are taken at once */
    LOOKS = 16, /* at the queue, between two at the clock */
    SHARE = 8,  /* of the last call in what is usual */
    NS_PER_MS = 1000000,
};

/* The queue's driver has checked that it was posted; that it is one of ours is checked here. */
static struct chain *chain_of(const struct virtio_connection *connection, void *token)
{
    size_t offset = (size_t)((uintptr_t)token - (uintptr_t)connection->chains);
    size_t place = offset / sizeof(struct chain);
    struct chain *chain = token;

    if (place >= connection->nr_chains + 2 || offset % sizeof(struct chain))
        return NULL;
    return chain_state(chain) == CHAIN_POSTED || chain_state(chain) == CHAIN_ASLEEP ? chain : NULL;
}

/* One very long call does not make the others long: it counts as a few times what spinning takes. */
static void note_time(struct virtio_connection *connection, uint64_t took)
{
    uint64_t usual = atomic_load_explicit(&connection->usual_ns, memory_order_relaxed);
    uint64_t most = connection->spin_ns * 4;

    usual = usual - usual / SHARE + (took < most ? took : most) / SHARE;
    atomic_store_explicit(&connection->usual_ns, usual, memory_order_relaxed);
}

/* To a ping; that it came is what counts. */
static void take_pong(struct virtio_connection *connection, struct chain *chain)
{
    const struct answer_place place = {chain->stage + STAGE_REQUEST, EXCHANGE_ANSWER,
                                       chain->written, chain->id};
    bool believed;

    answer_take(connection, &place, NULL, &believed);
    __atomic_store_n(&chain->state, CHAIN_FREE, __ATOMIC_SEQ_CST);
}

static void settle(struct virtio_connection *connection, struct chain *chain)
{
    size_t place = (size_t)(chain - connection->chains);

    if (place == connection->nr_chains)
        take_pong(connection, chain);
    else if (place > connection->nr_chains)
        __atomic_store_n(&chain->state, CHAIN_FREE, __ATOMIC_SEQ_CST);
    else if (__atomic_exchange_n(&chain->state, CHAIN_BACK, __ATOMIC_SEQ_CST) == CHAIN_ASLEEP)
        platform_wake(&chain->state);
}

/* Under the lock: up to BATCH chains. *@strange: what came is none of ours. */
static size_t take_some(struct virtio_connection *connection, struct chain **list, bool *strange)
{
    struct virtio_port *port = connection->port;
    size_t count = 0;
    uint32_t written;
    void *token;

    while (count < BATCH && (token = port->ops->take(port, &written))) {
        list[count] = chain_of(connection, token);
        if (!list[count]) {
            *strange = true;
            break;
        }
        list[count]->written = written;
        connection->room += list[count++]->nr_segments;
        connection->in_flight--;
    }
    return count;
}

/* When something came back, that is now; 0: nothing has. */
static uint64_t collect(struct virtio_connection *connection)
{
    struct chain *list[BATCH];
    bool strange = false;
    uint64_t now = 0;
    size_t count;
    size_t i;

    queue_lock(connection);
    count = take_some(connection, list, &strange);
    if (count || strange) {
        now = platform_clock();
        connection->moved_at = now;
        connection->pinged_at = 0;
    }
    queue_unlock(connection);
    for (i = 0; i < count; i++) {
        note_time(connection, now - list[i]->posted_at);
        settle(connection, list[i]);
    }
    if (count && atomic_load(&connection->wanting))
        queue_tell_wanting(connection);
    if (strange) {
        connection_distrust(&connection->base, "what came back was not with the device", 0);
        reap_none(connection);
    }
    return now;
}

void reap_none(struct virtio_connection *connection)
{
    struct virtio_port *port = connection->port;
    uint32_t state;
    size_t i;

    if (connection->stopped)
        return;
    connection->stopped = true;
    atomic_store(&connection->hopeless, true);
    queue_lock(connection);
    port->ops->reset(port);
    connection->in_flight = 0;
    queue_unlock(connection);
    for (i = 0; i < connection->nr_chains; i++) {
        state = chain_state(&connection->chains[i]);
        while ((state == CHAIN_POSTED || state == CHAIN_ASLEEP) &&
               !__atomic_compare_exchange_n(&connection->chains[i].state, &state, CHAIN_LOST, false,
                                            __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            ;
        if (state == CHAIN_ASLEEP)
            platform_wake(&connection->chains[i].state);
    }
    if (atomic_load(&connection->wanting))
        queue_tell_wanting(connection);
}

static void lose(struct virtio_connection *connection, const char *why)
{
    connection_break(&connection->base, VACCEL_EREMOTEIO, "%s", why);
    reap_none(connection);
}

static void ask_for_life(struct virtio_connection *connection, bool was_asked, uint64_t silent_ns)
{
    if (!was_asked) {
        ping_send(connection);
        return;
    }
    connection_break(&connection->base, VACCEL_EREMOTEIO,
                     "no sign of life from the agent for %llu ms: it hangs",
                     (unsigned long long)(silent_ns / NS_PER_MS));
    reap_none(connection);
}

/*
 * When silence is to be noticed. Under the lock. The time to answer counts from the ping, as this machine may
 * itself have stood still before.
 */
static uint64_t next_look(const struct virtio_connection *connection)
{
    uint64_t most = (uint64_t)connection->base.settings.keepalive_ms * NS_PER_MS;

    return connection->pinged_at ? connection->pinged_at + (most - most / 3)
                                 : connection->moved_at + most / 3;
}

/* @woken  for nothing, a moment ago: perhaps as it was time to notice the silence */
static void sleep_until_return(struct virtio_connection *connection, uint64_t deadline, bool woken)
{
    struct virtio_port *port = connection->port;
    uint64_t moved_at;
    uint64_t look_at;
    bool was_asked;
    bool armed;

    queue_lock(connection);
    armed = port->ops->arm(port);
    look_at = next_look(connection);
    moved_at = connection->moved_at;
    was_asked = connection->pinged_at;
    queue_unlock(connection);
    if (!armed)
        return;
    if (woken && platform_clock() >= look_at)
        ask_for_life(connection, was_asked, platform_clock() - moved_at);
    else if (!port->ops->wait(port, deadline && deadline < look_at ? deadline : look_at))
        lose(connection, "the device is gone: the agent ended, or its worker died");
}

static bool worth_spinning(const struct virtio_connection *connection)
{
    return atomic_load_explicit(&connection->usual_ns, memory_order_relaxed) < connection->spin_ns;
}

/* Returns as collect(); @since  when it was worth to begin with that */
static uint64_t spin(struct virtio_connection *connection, uint64_t since)
{
    unsigned int looks;
    uint64_t now;

    do
        for (looks = 0; looks < LOOKS; looks++) {
            now = collect(connection);
            if (now)
                return now;
            platform_relax();
        }
    while (platform_clock() - since < connection->spin_ns);
    return 0;
}

static uint64_t look(struct virtio_connection *connection, uint64_t since)
{
    return worth_spinning(connection) ? spin(connection, since) : collect(connection);
}

void reap(struct virtio_connection *connection, const struct chain *chain, uint64_t deadline)
{
    uint64_t since = chain ? chain->posted_at : platform_clock();
    bool woken = false;
    uint64_t now;

    while (!chain || !chain_is_over(chain)) {
        if (atomic_load(&connection->hopeless)) {
            reap_none(connection);
            return;
        }
        now = look(connection, since);
        if (now && !chain)
            return;
        since = now;
        if (now) {
            woken = false;
            continue;
        }
        if (deadline && platform_clock() >= deadline)
            return;
        sleep_until_return(connection, deadline, woken);
        woken = true;
    }
}

/* One that waits for its chain goes before one that waits to post. */
static bool wake_one(struct virtio_connection *connection)
{
    uint32_t state;
    size_t i;

    for (i = 0; i < connection->nr_chains; i++) {
        state = CHAIN_ASLEEP;
        if (chain_state(&connection->chains[i]) == CHAIN_ASLEEP &&
            __atomic_compare_exchange_n(&connection->chains[i].state, &state, CHAIN_POSTED, false,
                                        __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
            platform_wake(&connection->chains[i].state);
            return true;
        }
    }
    return false;
}

void reap_end(struct virtio_connection *connection)
{
    atomic_store(&connection->reaping, false);
    if (atomic_load(&connection->sleepers) && wake_one(connection))
        return;
    if (atomic_load(&connection->wanting))
        queue_tell_wanting(connection);
}
