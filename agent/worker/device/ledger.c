/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/device/ring.h"
#include "vaccel/error.h"

#include <stdlib.h>

/*
 * What the ledger says of chains, and what a worker makes of it that comes after one that died.
 *
 * @published and @last tell whether the last return was complete, if they are those of a chain that is
 * still noted as taken. So @last must not name one that has been taken anew since.
 */
enum { NO_CHAIN = UINT32_MAX };

bool ledger_take(struct ring_ledger *ledger, uint16_t head, uint32_t answer_size)
{
    struct device_in_flight *chain = &ledger->in_flight[head];
    uint32_t last = head;

    if (atomic_load(&chain->state) != IN_FLIGHT_NONE)
        return false;
    atomic_compare_exchange_strong(&ledger->last, &last, NO_CHAIN);
    chain->answer_size = answer_size;
    atomic_store(&chain->state, IN_FLIGHT_TAKEN);
    return true;
}

void ledger_return_begin(struct ring_ledger *ledger, uint16_t head, uint16_t next_used)
{
    atomic_store(&ledger->published, next_used);
    atomic_store(&ledger->last, head);
}

void ledger_return_end(struct ring_ledger *ledger, uint16_t head)
{
    atomic_store(&ledger->in_flight[head].state, IN_FLIGHT_NONE);
}

/* The one that was returned, if it was, is not to be returned again. */
static void settle_last(struct ring_ledger *ledger, uint16_t used)
{
    uint32_t last = atomic_load(&ledger->last);

    if (last < DEVICE_QUEUE_MOST && (uint16_t)atomic_load(&ledger->published) == used)
        atomic_store(&ledger->in_flight[last].state, IN_FLIGHT_NONE);
}

static unsigned int count_taken(const struct ring_ledger *ledger, uint32_t size)
{
    unsigned int count = 0;
    uint32_t i;

    for (i = 0; i < size; i++)
        count += atomic_load(&ledger->in_flight[i].state) == IN_FLIGHT_TAKEN;
    return count;
}

static void give_up(struct ring *ring, uint16_t head, struct chain *chain, const char *sentence)
{
    uint32_t answer_size = ring->ledger->in_flight[head].answer_size;
    uint32_t written = 0;

    if (answer_size && ring_walk(ring, head, chain))
        written = chain_say_goodbye(chain, answer_size, VACCEL_EREMOTEIO, sentence);
    ring_return(ring, head, written);
}

unsigned int ring_recover(struct ring *ring, const char *sentence)
{
    struct ring_ledger *ledger = ring->ledger;
    struct chain *chain = malloc(sizeof(*chain));
    unsigned int taken;
    uint32_t i;

    if (!chain)
        abort(); /* The next worker may have more luck. */
    ring->next_used = __atomic_load_n(&ring->used->idx, __ATOMIC_ACQUIRE);
    ring->broken = false;
    settle_last(ledger, ring->next_used);
    taken = count_taken(ledger, ring->size);
    ring->next_avail = (uint16_t)(ring->next_used + taken + atomic_load(&ledger->skew));
    for (i = 0; i < ring->size; i++)
        if (atomic_load(&ledger->in_flight[i].state) == IN_FLIGHT_TAKEN)
            give_up(ring, (uint16_t)i, chain, sentence);
    free(chain);
    return taken;
}
