/* SPDX-License-Identifier: Apache-2.0 */
#include "names.h"

#include "vaccel.h"

/* Eight bytes at a time: this is on the way of each call. */
static size_t bucket_of(const char *text, size_t length)
{
    uint64_t hash = length;
    uint64_t word;

    for (; length >= sizeof(word); length -= sizeof(word), text += sizeof(word)) {
        memcpy(&word, text, sizeof(word));
        hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
        hash ^= hash >> 32;
    }
    for (; length; length--, text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3U;
    return (hash ^ (hash >> 29)) % NAMES_BUCKETS;
}

void *names_find(struct names *names, const char *text)
{
    size_t length = strlen(text);
    struct name *name;

    name = atomic_load_explicit(&names->buckets[bucket_of(text, length)], memory_order_acquire);
    while (name && (name->length != length || memcmp(name->text, text, length) != 0))
        name = name->next;
    return name ? name->value : NULL;
}

int names_add(struct names *names, const char *text, void *value)
{
    size_t length = strlen(text);
    size_t bucket = bucket_of(text, length);
    struct name *name = malloc(sizeof(*name) + length + 1);

    if (!name)
        return VACCEL_ENOMEM;
    name->next = atomic_load_explicit(&names->buckets[bucket], memory_order_relaxed);
    name->value = value;
    name->length = length;
    memcpy(name->text, text, length + 1);
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
