/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_LIST_H
#define WORKER_LIST_H

#include "agent/worker/connection.h"

/* All connections of the worker. */
void list_add(struct connection *connection);
void list_remove(struct connection *connection);
/* One that was removed is gone for good. */
void list_forget_one(void);

#endif
