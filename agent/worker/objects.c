/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/objects.h"

#include <stdlib.h>

bool objects_begin(struct objects *objects, size_t limit, uint64_t base)
{
    objects->list = calloc(limit, sizeof(struct object *));
    objects->limit = objects->list ? limit : 0;
    objects->base = base;
    pthread_mutex_init(&objects->lock, NULL);
    pthread_cond_init(&objects->unused, NULL);
    return objects->list != NULL;
}

void objects_end(struct objects *objects)
{
    pthread_cond_destroy(&objects->unused);
    pthread_mutex_destroy(&objects->lock);
    free(objects->list);
}

void objects_renew(struct objects *objects)
{
    pthread_mutex_lock(&objects->lock);
    objects->base += objects->limit;
    pthread_mutex_unlock(&objects->lock);
}

uint64_t objects_add(struct objects *objects, struct object *object)
{
    uint64_t id = 0;
    size_t i;

    pthread_mutex_lock(&objects->lock);
    for (i = 0; i < objects->limit && !id; i++) {
        if (objects->list[i])
            continue;
        objects->list[i] = object;
        id = objects->base + i + 1;
    }
    pthread_mutex_unlock(&objects->lock);
    return id;
}

/* Under the lock: where an object of that id lies; NULL: nowhere. */
static struct object **find(const struct objects *objects, uint64_t id)
{
    uint64_t i = id - objects->base - 1;

    return id > objects->base && i < objects->limit ? &objects->list[i] : NULL;
}

struct object *objects_use(struct objects *objects, uint64_t id)
{
    struct object **place;
    struct object *object;

    pthread_mutex_lock(&objects->lock);
    place = find(objects, id);
    object = place ? *place : NULL;
    if (object)
        object->users++;
    pthread_mutex_unlock(&objects->lock);
    return object;
}

void objects_leave(struct objects *objects, struct object *object)
{
    pthread_mutex_lock(&objects->lock);
    if (--object->users == 0)
        pthread_cond_broadcast(&objects->unused);
    pthread_mutex_unlock(&objects->lock);
}

struct object *objects_take(struct objects *objects, uint64_t id)
{
    struct object **place;
    struct object *object;

    pthread_mutex_lock(&objects->lock);
    place = find(objects, id);
    object = place ? *place : NULL;
    if (object)
        *place = NULL;
    while (object && object->users)
        pthread_cond_wait(&objects->unused, &objects->lock);
    pthread_mutex_unlock(&objects->lock);
    return object;
}

struct object *objects_take_any(struct objects *objects)
{
    struct object *object = NULL;
    size_t i;

    for (i = 1; i <= objects->limit && !object; i++)
        object = objects_take(objects, objects->base + i);
    return object;
}
