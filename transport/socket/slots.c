/* SPDX-License-Identifier: Apache-2.0 */
#include "socket/slots.h"
#include "vaccel/error.h"

/* An id is a running number and, in its lowest bits, the place in the list. */
enum { PLACE_BITS = 16, MOST = (1 << PLACE_BITS) - 1 };

bool slots_begin(struct slots *slots, size_t calls)
{
    slots->count = (calls < MOST ? calls : MOST) + 1;
    slots->list = platform_alloc_zeroed(slots->count * sizeof(*slots->list));
    if (!slots->list)
        return false;
    atomic_init(&slots->next_number, 1);
    return true;
}

void slots_end(struct slots *slots)
{
    platform_free(slots->list);
    slots->list = NULL;
}

static bool occupy(struct slots *slots, struct slot *slot, struct exchange *exchange,
                   enum wire_type type, enum slot_state state)
{
    uint64_t place = (uint64_t)(slot - slots->list);
    int free = SLOT_FREE;

    if (!atomic_compare_exchange_strong(&slot->state, &free, SLOT_TAKEN))
        return false;
    atomic_store_explicit(&slot->id, atomic_fetch_add(&slots->next_number, 1) << PLACE_BITS | place,
                          memory_order_relaxed);
    slot->exchange = exchange;
    slot->type = type;
    slot->left = 0;
    slot->status = VACCEL_OK;
    atomic_store(&slot->state, state);
    return true;
}

struct slot *slots_take(struct slots *slots, struct exchange *exchange, enum wire_type type)
{
    struct slot *slot;
    size_t i;

    for (i = 0; i < slots->count - 1; i++) {
        slot = &slots->list[i];
        if (atomic_load_explicit(&slot->state, memory_order_relaxed) == SLOT_FREE &&
            occupy(slots, slot, exchange, type, SLOT_WAITING))
            return slot;
    }
    return NULL;
}

struct slot *slots_take_ping(struct slots *slots)
{
    struct slot *slot = &slots->list[slots->count - 1];

    return occupy(slots, slot, NULL, WIRE_PING, SLOT_ABANDONED) ? slot : NULL;
}

void slots_give_back(struct slots *slots, struct slot *slot)
{
    atomic_store(&slot->state, SLOT_FREE);
    if (!atomic_load(&slots->wanting))
        return;
    platform_lock(&slots->lock);
    condition_signal(&slots->freed);
    platform_unlock(&slots->lock);
}

static bool any_free(const struct slots *slots)
{
    size_t i;

    for (i = 0; i < slots->count - 1; i++)
        if (atomic_load(&slots->list[i].state) == SLOT_FREE)
            return true;
    return false;
}

bool slots_all_abandoned(const struct slots *slots)
{
    size_t i;

    for (i = 0; i < slots->count - 1; i++)
        if (atomic_load(&slots->list[i].state) != SLOT_ABANDONED)
            return false;
    return true;
}

void slots_wait_for_free(struct slots *slots, const atomic_bool *reading, uint64_t deadline)
{
    platform_lock(&slots->lock);
    atomic_fetch_add(&slots->wanting, 1);
    if (!atomic_load(&slots->closed) && !any_free(slots) &&
        (atomic_load(reading) || !slots_all_abandoned(slots)))
        condition_wait(&slots->freed, &slots->lock, deadline);
    atomic_fetch_sub(&slots->wanting, 1);
    platform_unlock(&slots->lock);
}

void slots_wake_wanting(struct slots *slots)
{
    if (!atomic_load(&slots->wanting))
        return;
    platform_lock(&slots->lock);
    condition_broadcast(&slots->freed);
    platform_unlock(&slots->lock);
}

static bool is_due(const struct slot *slot, uint64_t id)
{
    return atomic_load(&slot->state) > SLOT_TAKEN && atomic_load(&slot->id) == id;
}

/* A stranger may name one that is just being filled anew; so its id is looked at again. */
struct slot *slots_claim(struct slots *slots, uint64_t id)
{
    size_t place = id & MOST;
    struct slot *slot = place < slots->count ? &slots->list[place] : NULL;
    int state = SLOT_WAITING;

    if (!slot || !is_due(slot, id))
        return NULL;
    if (!atomic_compare_exchange_strong(&slot->state, &state, SLOT_RECEIVING))
        return state == SLOT_RECEIVING || state == SLOT_ABANDONED ? slot : NULL;
    if (is_due(slot, id))
        return slot;
    atomic_store(&slot->state, SLOT_WAITING);
    return NULL;
}

void slots_fall_asleep(struct slots *slots, struct slot *slot)
{
    atomic_store(&slot->woken, 0); /* nobody wakes one that does not sleep */
    atomic_fetch_add(&slots->sleepers, 1);
    atomic_store(&slot->sleeps, true);
}

void slots_sleep(struct slot *slot, uint64_t deadline)
{
    while (!atomic_load(&slot->woken) && (!deadline || platform_clock() < deadline))
        platform_wait((const uint32_t *)&slot->woken, 0, deadline);
}

/* Who has begun to wake it is waited for, lest he wakes it when it sleeps the next time. */
void slots_rise(struct slots *slots, struct slot *slot)
{
    if (!atomic_exchange(&slot->sleeps, false))
        slots_sleep(slot, 0);
    atomic_fetch_sub(&slots->sleepers, 1);
}

void slots_wake(struct slot *slot)
{
    if (!atomic_exchange(&slot->sleeps, false))
        return;
    atomic_store(&slot->woken, 1);
    platform_wake((const uint32_t *)&slot->woken);
}

void slots_wake_any(struct slots *slots)
{
    size_t i;

    for (i = 0; atomic_load(&slots->sleepers) && i < slots->count; i++)
        if (atomic_load(&slots->list[i].sleeps) &&
            atomic_load(&slots->list[i].state) != SLOT_DONE) {
            slots_wake(&slots->list[i]);
            return;
        }
}

void slots_wake_all(struct slots *slots)
{
    size_t i;

    for (i = 0; i < slots->count; i++)
        slots_wake(&slots->list[i]);
    atomic_store(&slots->closed, true);
    platform_lock(&slots->lock);
    condition_broadcast(&slots->freed);
    platform_unlock(&slots->lock);
}
