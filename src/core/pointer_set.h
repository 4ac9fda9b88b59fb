/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_POINTER_SET_H
#define CORE_POINTER_SET_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A set of pointers that is read without a lock while one thread at a time changes it under the
 * owner's. Tables that were outgrown live until pointer_set_clear(), as a reader may still be in
 * one; since each is twice its predecessor they take no more than the last one does.
 */
struct pointer_set {
    struct pointer_table *table; /* NULL: empty */
    size_t count;
};

bool pointer_set_has(const struct pointer_set *set, const void *pointer);
/* @pointer must not be in the set. False: no memory. */
bool pointer_set_add(struct pointer_set *set, const void *pointer);
void pointer_set_remove(struct pointer_set *set, const void *pointer);
/* Nobody may read any more. */
void pointer_set_clear(struct pointer_set *set);

#endif
