/* SPDX-License-Identifier: Apache-2.0 */
#include "socket/slots.h"
#include "vaccel/error.h"

#include <stdlib.h>

/* An id is a running number and, in its lowest bits, the place in the list. */
enum { PLACE_BITS = 16, MOST = (1 << PLACE_BITS) - 1 };

bool slots_begin(struct slots *slots, size_t calls)
{
    pthread_condattr_t monotonic;
    size_t count = (calls < MOST ? calls : MOST) + 1;
    size_t i;

    slots->list = calloc(count, sizeof(*slots->list));
    slots->count = slots->list ? count : 0;
    slots->next_number = 1;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    for (i = 0; i < slots->count; i++)
        pthread_cond_init(&slots->list[i].changed, &monotonic);
    pthread_cond_init(&slots->freed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return slots->list != NULL;
}

void slots_end(struct slots *slots)
{
    size_t i;

    for (i = 0; i < slots->count; i++)
        pthread_cond_destroy(&slots->list[i].changed);
    pthread_cond_destroy(&slots->freed);
    free(slots->list);
}

static void occupy(struct slots *slots, struct slot *slot, enum wire_type type)
{
    slot->state = SLOT_WAITING;
    slot->exchange = NULL;
    slot->type = type;
    slot->id = slots->next_number++ << PLACE_BITS | (uint64_t)(slot - slots->list);
    slot->left = 0;
    slot->status = VACCEL_OK;
}

struct slot *slots_take(struct slots *slots, struct exchange *exchange, enum wire_type type)
{
    size_t i;

    for (i = 0; i < slots->count - 1; i++) {
        if (slots->list[i].state != SLOT_FREE)
            continue;
        occupy(slots, &slots->list[i], type);
        slots->list[i].exchange = exchange;
        return &slots->list[i];
    }
    return NULL;
}

struct slot *slots_take_ping(struct slots *slots)
{
    struct slot *slot = &slots->list[slots->count - 1];

    if (slot->state != SLOT_FREE)
        return NULL;
    occupy(slots, slot, WIRE_PING);
    slot->state = SLOT_ABANDONED;
    return slot;
}

void slots_give_back(struct slots *slots, struct slot *slot)
{
    slot->state = SLOT_FREE;
    slot->exchange = NULL;
    pthread_cond_signal(&slots->freed);
}

struct slot *slots_find(struct slots *slots, uint64_t id)
{
    size_t place = id & ((1 << PLACE_BITS) - 1);
    struct slot *slot = place < slots->count ? &slots->list[place] : NULL;

    if (!slot || slot->id != id || slot->state == SLOT_FREE || slot->state == SLOT_DONE)
        return NULL;
    return slot;
}

struct slot *slots_sleeping(struct slots *slots)
{
    size_t i;

    for (i = 0; i < slots->count; i++)
        if (slots->list[i].sleeps && slots->list[i].state != SLOT_DONE)
            return &slots->list[i];
    return NULL;
}
