/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_LIST_H
#define CORE_LIST_H

#include "vaccel/list.h"

#include <stdbool.h>

static inline void list_init(struct vaccel_list_entry *entry)
{
    entry->next = entry;
    entry->prev = entry;
}

static inline bool list_empty(const struct vaccel_list_entry *head)
{
    return head->next == head;
}

static inline void list_append(struct vaccel_list_entry *head, struct vaccel_list_entry *entry)
{
    entry->prev = head->prev;
    entry->next = head;
    head->prev->next = entry;
    head->prev = entry;
}

static inline void list_remove(struct vaccel_list_entry *entry)
{
    entry->prev->next = entry->next;
    entry->next->prev = entry->prev;
    list_init(entry);
}

#endif
