/* SPDX-License-Identifier: Apache-2.0 */
#include "core/pointer_set.h"
#include "platform/checked.h"
#include "platform/platform.h"

/* Open addressing with linear probing: a reader stops at NULL and steps over REMOVED. */
struct pointer_table {
    struct pointer_table *outgrown;
    size_t size; /* a power of two */
    const void *slots[];
};

enum { FIRST_SIZE = 8 };

static const char removed_marker;
#define REMOVED ((const void *)&removed_marker)

/* Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4). */
static size_t home(const void *pointer, size_t size)
{
    return (size_t)(((uint64_t)(uintptr_t)pointer * 0x9e3779b97f4a7c15u) >> 32) & (size - 1);
}

static const void *load(const struct pointer_table *table, size_t i)
{
    return __atomic_load_n(&table->slots[i], __ATOMIC_ACQUIRE);
}

static void store(struct pointer_table *table, size_t i, const void *pointer)
{
    __atomic_store_n(&table->slots[i], pointer, __ATOMIC_RELEASE);
}

/* The slot of @pointer, or @table->size. */
static size_t find(const struct pointer_table *table, const void *pointer)
{
    size_t i = home(pointer, table->size);
    size_t probes;
    const void *slot;

    for (probes = 0; probes < table->size; probes++, i = (i + 1) & (table->size - 1)) {
        slot = load(table, i);
        if (slot == pointer)
            return i;
        if (!slot)
            break;
    }
    return table->size;
}

bool pointer_set_has(const struct pointer_set *set, const void *pointer)
{
    const struct pointer_table *table = __atomic_load_n(&set->table, __ATOMIC_ACQUIRE);

    return table && find(table, pointer) < table->size;
}

static void insert(struct pointer_table *table, const void *pointer)
{
    size_t i = home(pointer, table->size);

    while (load(table, i) && load(table, i) != REMOVED)
        i = (i + 1) & (table->size - 1);
    store(table, i, pointer);
}

static bool grow(struct pointer_set *set)
{
    struct pointer_table *old = set->table;
    size_t size = old ? old->size * 2 : FIRST_SIZE;
    struct pointer_table *table;
    size_t bytes;
    size_t i;

    if (!size_mul(size, sizeof(table->slots[0]), &bytes) ||
        !size_add(bytes, sizeof(*table), &bytes))
        return false;
    table = platform_alloc_zeroed(bytes);
    if (!table)
        return false;
    table->size = size;
    table->outgrown = old;
    for (i = 0; old && i < old->size; i++)
        if (old->slots[i] && old->slots[i] != REMOVED)
            insert(table, old->slots[i]);
    __atomic_store_n(&set->table, table, __ATOMIC_RELEASE);
    return true;
}

bool pointer_set_add(struct pointer_set *set, const void *pointer)
{
    if ((!set->table || set->count >= set->table->size / 2) && !grow(set))
        return false;
    insert(set->table, pointer);
    set->count++;
    return true;
}

void pointer_set_remove(struct pointer_set *set, const void *pointer)
{
    struct pointer_table *table = set->table;
    size_t mask;
    size_t i;

    if (!table)
        return;
    mask = table->size - 1;
    i = find(table, pointer);
    if (i == table->size)
        return;
    store(table, i, REMOVED);
    set->count--;
    /* Before an empty slot a removed one ends no probe: empty it too, lest they pile up. */
    while (!load(table, (i + 1) & mask) && load(table, i) == REMOVED) {
        store(table, i, NULL);
        i = (i - 1) & mask;
    }
}

void pointer_set_clear(struct pointer_set *set)
{
    struct pointer_table *table = set->table;
    struct pointer_table *outgrown;

    for (; table; table = outgrown) {
        outgrown = table->outgrown;
        platform_free(table);
    }
    *set = (struct pointer_set){0};
}
