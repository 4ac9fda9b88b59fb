/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_IDS_H
#define CORE_IDS_H

#include "vaccel/id.h"

#include <stddef.h>

/*
 * Hands out ids from 1 and finds what they name, both in constant time; limited by memory alone. A
 * returned id is the next to be handed out. The owner's lock guards it.
 */
struct ids {
    struct ids_slot *slots; /* slots[id - 1] */
    size_t count;           /* slots ever used */
    size_t capacity;
    vaccel_id_t first_free; /* 0: none */
};

struct ids_slot {
    void *object; /* NULL: free */
    vaccel_id_t next_free;
};

/* An id for @object, which is not NULL. 0: no memory. */
vaccel_id_t ids_take(struct ids *ids, void *object);
void ids_give_back(struct ids *ids, vaccel_id_t id);
/* NULL: no such id. */
void *ids_find(const struct ids *ids, vaccel_id_t id);
/* The object with the lowest id above @after; NULL: none. */
void *ids_next(const struct ids *ids, vaccel_id_t after);
/* Forget all and free the table. */
void ids_clear(struct ids *ids);

#endif
