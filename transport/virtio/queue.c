/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/relax.h"
#include "virtio/state.h"
#include "vaccel.h"

/* Chains on their way: taken, posted, waited for. */

enum {
    LOOKS = 64,                 /* at a lock, before others are let run */
    CANCEL_AGAIN_NS = 10000000, /* after which a cancel is tried again */
};

void queue_lock(struct virtio_connection *connection)
{
    unsigned int looks;
    unsigned int attempt = 0;

    while (atomic_exchange_explicit(&connection->locked, true, memory_order_acquire))
        for (looks = 0; atomic_load_explicit(&connection->locked, memory_order_relaxed); looks++)
            if (looks < LOOKS)
                platform_relax();
            else
                platform_pause(attempt++);
}

void queue_unlock(struct virtio_connection *connection)
{
    atomic_store_explicit(&connection->locked, false, memory_order_release);
}

void queue_tell_wanting(struct virtio_connection *connection)
{
    __atomic_add_fetch(&connection->returned, 1, __ATOMIC_SEQ_CST);
    platform_wake(&connection->returned);
}

bool chain_prepare(struct virtio_connection *connection, struct chain *chain)
{
    if (!chain->segments)
        chain->segments = platform_alloc(connection->segments_most * sizeof(*chain->segments));
    if (!chain->stage)
        chain->stage = platform_alloc_shared(STAGE_SIZE);
    return chain->segments && chain->stage;
}

/* Looked for from the first one on: a thread that is alone always uses the same memory. */
static struct chain *find_free(struct virtio_connection *connection)
{
    struct chain *chain;
    uint32_t state;
    size_t i;

    for (i = 0; i < connection->nr_chains; i++) {
        chain = &connection->chains[i];
        state = CHAIN_FREE;
        if (__atomic_load_n(&chain->state, __ATOMIC_RELAXED) == CHAIN_FREE &&
            __atomic_compare_exchange_n(&chain->state, &state, CHAIN_TAKEN, false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_RELAXED))
            return chain;
    }
    return NULL;
}

/* Until something came back since @seen was read, or @deadline. */
static void wait_for_return(struct virtio_connection *connection, uint32_t seen, uint64_t deadline)
{
    if (reap_begin(connection)) {
        if (__atomic_load_n(&connection->returned, __ATOMIC_SEQ_CST) == seen)
            reap(connection, NULL, deadline);
        reap_end(connection);
    } else {
        platform_wait(&connection->returned, seen, deadline);
    }
}

static bool is_late(uint64_t deadline)
{
    return deadline && platform_clock() >= deadline;
}

/* NULL: it broke, or none became free in time. */
static struct chain *wait_for_free(struct virtio_connection *connection, uint64_t deadline)
{
    struct chain *chain;
    uint32_t seen;

    atomic_fetch_add(&connection->wanting, 1);
    for (;;) {
        seen = __atomic_load_n(&connection->returned, __ATOMIC_SEQ_CST);
        chain = find_free(connection);
        if (chain || connection_broken(&connection->base) || is_late(deadline))
            break;
        wait_for_return(connection, seen, deadline);
    }
    atomic_fetch_sub(&connection->wanting, 1);
    return chain;
}

/* Of a request that was not posted. */
static int refuse(const struct virtio_connection *connection)
{
    if (connection_broken(&connection->base))
        return connection_refuse_broken(&connection->base);
    return connection_refuse_late(&connection->base,
                                  "the agent has too many requests to take one more");
}

struct chain *chain_take(struct virtio_connection *connection, uint64_t deadline, int *error)
{
    struct chain *chain = find_free(connection);

    if (!chain)
        chain = wait_for_free(connection, deadline);
    if (chain && connection_broken(&connection->base)) {
        chain_give_back(connection, chain);
        chain = NULL;
    }
    if (chain && chain_prepare(connection, chain)) {
        chain->id = chain_next_id(connection, chain);
        return chain;
    }
    *error = chain ? VACCEL_ENOMEM : refuse(connection);
    if (chain)
        chain_give_back(connection, chain);
    return NULL;
}

void chain_give_back(struct virtio_connection *connection, struct chain *chain)
{
    __atomic_store_n(&chain->state, CHAIN_FREE, __ATOMIC_SEQ_CST);
    if (atomic_load(&connection->wanting))
        queue_tell_wanting(connection);
}

/* False: there is no room. */
static bool post(struct virtio_connection *connection, struct chain *chain, size_t nr_readable,
                 size_t nr_writable)
{
    struct virtio_port *port = connection->port;
    size_t count = nr_readable + nr_writable;

    if (count > connection->room)
        return false;
    __atomic_store_n(&chain->state, CHAIN_POSTED, __ATOMIC_SEQ_CST);
    chain->nr_segments = count;
    chain->posted_at = platform_clock();
    if (!port->ops->post(port, chain->segments, nr_readable, nr_writable, chain)) {
        __atomic_store_n(&chain->state, CHAIN_TAKEN, __ATOMIC_SEQ_CST);
        return false;
    }
    connection->room -= count;
    if (!connection->in_flight++) {
        connection->moved_at = chain->posted_at;
        connection->pinged_at = 0;
    }
    port->ops->notify(port);
    return true;
}

/* Whether there is nothing more to try: it was posted, or never will be. */
static bool try_post(struct virtio_connection *connection, struct chain *chain, size_t nr_readable,
                     size_t nr_writable)
{
    bool done;

    queue_lock(connection);
    done =
        connection_broken(&connection->base) || post(connection, chain, nr_readable, nr_writable);
    queue_unlock(connection);
    return done;
}

/* False: there was none in time, or the connection broke. */
static bool post_when_there_is_room(struct virtio_connection *connection, struct chain *chain,
                                    size_t nr_readable, size_t nr_writable, uint64_t deadline)
{
    bool done = try_post(connection, chain, nr_readable, nr_writable);
    uint32_t seen;

    if (done)
        return chain_state(chain) != CHAIN_TAKEN;
    atomic_fetch_add(&connection->wanting, 1);
    while (!done) {
        seen = __atomic_load_n(&connection->returned, __ATOMIC_SEQ_CST);
        done = try_post(connection, chain, nr_readable, nr_writable) || is_late(deadline);
        if (!done)
            wait_for_return(connection, seen, deadline);
    }
    atomic_fetch_sub(&connection->wanting, 1);
    return chain_state(chain) != CHAIN_TAKEN;
}

/* While another thread reaps: until it wakes us, as our chain is back, or to reap ourselves. */
static void sleep_at(struct virtio_connection *connection, struct chain *chain, uint64_t deadline)
{
    uint32_t state = CHAIN_POSTED;

    atomic_fetch_add(&connection->sleepers, 1);
    if (__atomic_compare_exchange_n(&chain->state, &state, CHAIN_ASLEEP, false, __ATOMIC_SEQ_CST,
                                    __ATOMIC_SEQ_CST)) {
        if (atomic_load(&connection->reaping))
            platform_wait(&chain->state, CHAIN_ASLEEP, deadline);
        state = CHAIN_ASLEEP;
        __atomic_compare_exchange_n(&chain->state, &state, CHAIN_POSTED, false, __ATOMIC_SEQ_CST,
                                    __ATOMIC_SEQ_CST);
    }
    atomic_fetch_sub(&connection->sleepers, 1);
}

/* The moment has passed. Returns the next one; 0: none. */
static uint64_t cancel(struct virtio_connection *connection, const struct chain *chain)
{
    if (connection->base.welcomed)
        return cancel_send(connection, chain->id) ? 0 : platform_clock() + CANCEL_AGAIN_NS;
    connection_break(
        &connection->base, VACCEL_EREMOTEIO,
        "no welcome came within %u ms (VACCEL_RPC_CONNECT_TIMEOUT): the agent hangs, or "
        "is still loading its plugins",
        connection->base.settings.call_ms);
    queue_give_up(connection);
    return 0;
}

static void wait_for(struct virtio_connection *connection, struct chain *chain, uint64_t deadline)
{
    while (!chain_is_over(chain)) {
        if (is_late(deadline))
            deadline = cancel(connection, chain);
        if (reap_begin(connection)) {
            reap(connection, chain, deadline);
            reap_end(connection);
        } else {
            sleep_at(connection, chain, deadline);
        }
    }
}

int chain_run(struct virtio_connection *connection, struct chain *chain, size_t nr_readable,
              size_t nr_writable, uint64_t deadline)
{
    if (!post_when_there_is_room(connection, chain, nr_readable, nr_writable, deadline))
        return refuse(connection);
    wait_for(connection, chain, deadline);
    if (chain_state(chain) == CHAIN_LOST)
        return connection_refuse_broken(&connection->base);
    __atomic_store_n(&chain->state, CHAIN_TAKEN, __ATOMIC_SEQ_CST);
    return VACCEL_OK;
}

void queue_give_up(struct virtio_connection *connection)
{
    struct virtio_port *port = connection->port;
    unsigned int attempt = 0;

    atomic_store(&connection->hopeless, true);
    while (!reap_begin(connection)) {
        if (port->ops->wake)
            port->ops->wake(port);
        platform_pause(attempt++);
    }
    reap_none(connection);
    reap_end(connection);
}
