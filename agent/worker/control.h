/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_CONTROL_H
#define WORKER_CONTROL_H

#include "agent/control.h"

#include <stddef.h>

/* What the worker says to the broker, and hears from it. */

/* Waits for memory, if that is wanting, as the broker waits for the message. */
void control_send(const struct control_message *message);

/*
 * A packet of exactly @size bytes, and the descriptors that come with it.
 * @fds  room for @room; those that did not come are -1
 * False: the broker is gone.
 */
bool control_receive(void *data, size_t size, int *fds, size_t room);

/* The worker serves a virtio device; ids are of @generation. Returns the exit status. */
int device_main(uint32_t generation, const char *name);

#endif
