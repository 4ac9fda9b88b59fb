/* SPDX-License-Identifier: Apache-2.0 */
#include "names.h"

#include "vaccel.h"

/* D. J. Bernstein's hash: names are short, and this is on the way of each call. */
static size_t bucket_of(const char *text)
{
    size_t hash = 5381;

    for (; *text; text++)
        hash = (hash * 33) ^ (unsigned char)*text;
    return (hash ^ (hash >> 6)) % NAMES_BUCKETS;
}

void *names_find(struct names *names, const char *text)
{
    struct name *name;

    name = atomic_load_explicit(&names->buckets[bucket_of(text)], memory_order_acquire);
    while (name && strcmp(name->text, text) != 0)
        name = name->next;
    return name ? name->value : NULL;
}

int names_add(struct names *names, const char *text, void *value)
{
    size_t bucket = bucket_of(text);
    size_t size = strlen(text) + 1;
    struct name *name = malloc(sizeof(*name) + size);

    if (!name)
        return VACCEL_ENOMEM;
    name->next = atomic_load_explicit(&names->buckets[bucket], memory_order_relaxed);
    name->value = value;
    memcpy(name->text, text, size);
    atomic_store_explicit(&names->buckets[bucket], name, memory_order_release);
    return VACCEL_OK;
}

void names_release(struct names *names, void (*release)(void *value))
{
    struct name *name;
    size_t i;

    for (i = 0; i < NAMES_BUCKETS; i++) {
        while ((name = atomic_load_explicit(&names->buckets[i], memory_order_relaxed))) {
            atomic_store_explicit(&names->buckets[i], name->next, memory_order_relaxed);
            if (release)
                release(name->value);
            free(name);
        }
    }
}
