/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_OBJECTS_H
#define WORKER_OBJECTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a client made and names by an id: its sessions, its resources. A table belongs to one
 * connection, so no id leads to another's. Who uses an object keeps it from being taken away.
 */

/* The first member of what is kept. */
struct object {
    unsigned int users;
};

struct objects {
    pthread_mutex_t lock;
    pthread_cond_t unused;
    struct object **list; /* by id - base - 1 */
    size_t limit;
    uint64_t base;
};

/* Ids are above @base, up to @base + @limit. False: no memory. */
bool objects_begin(struct objects *objects, size_t limit, uint64_t base);
/* The table is empty. */
void objects_end(struct objects *objects);

/* The table is empty: from now on ids are others than before. */
void objects_renew(struct objects *objects);

/* The id for @object; 0: there are as many as may be. */
uint64_t objects_add(struct objects *objects, struct object *object);

/* The object, until objects_leave(); NULL: there is none. */
struct object *objects_use(struct objects *objects, uint64_t id);
void objects_leave(struct objects *objects, struct object *object);

/* Take it out of the table, once nobody uses it; NULL: there is none. */
struct object *objects_take(struct objects *objects, uint64_t id);
/* Any one. */
struct object *objects_take_any(struct objects *objects);

#endif
