/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_LIST_H
#define VACCEL_LIST_H

/* A link of a circular doubly linked list. A link that is in no list points at itself. */
struct vaccel_list_entry {
    struct vaccel_list_entry *next;
    struct vaccel_list_entry *prev;
};

#define LIST_ENTRY_INIT(name) \
    { \
        &(name), &(name) \
    }

#endif
