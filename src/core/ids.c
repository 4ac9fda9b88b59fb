/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ids.h"
#include "platform/checked.h"
#include "platform/platform.h"

enum { FIRST_CAPACITY = 16 };

static bool grow(struct ids *ids)
{
    size_t capacity = ids->capacity ? ids->capacity : FIRST_CAPACITY / 2;
    struct ids_slot *slots;
    size_t bytes;

    if (!size_mul(capacity, 2, &capacity) || !size_mul(capacity, sizeof(*slots), &bytes))
        return false;
    slots = platform_realloc(ids->slots, bytes);
    if (!slots)
        return false;
    ids->slots = slots;
    ids->capacity = capacity;
    return true;
}

vaccel_id_t ids_take(struct ids *ids, void *object)
{
    vaccel_id_t id = ids->first_free;

    if (id) {
        ids->first_free = ids->slots[id - 1].next_free;
    } else {
        if (ids->count == ids->capacity && !grow(ids))
            return 0;
        id = (vaccel_id_t)++ids->count;
    }
    ids->slots[id - 1] = (struct ids_slot){.object = object};
    return id;
}

void ids_give_back(struct ids *ids, vaccel_id_t id)
{
    ids->slots[id - 1] = (struct ids_slot){.next_free = ids->first_free};
    ids->first_free = id;
}

void *ids_find(const struct ids *ids, vaccel_id_t id)
{
    return id > 0 && (uint64_t)id <= ids->count ? ids->slots[id - 1].object : NULL;
}

void *ids_next(const struct ids *ids, vaccel_id_t after)
{
    size_t i;

    for (i = (size_t)after; i < ids->count; i++)
        if (ids->slots[i].object)
            return ids->slots[i].object;
    return NULL;
}

void ids_clear(struct ids *ids)
{
    platform_free(ids->slots);
    *ids = (struct ids){0};
}
