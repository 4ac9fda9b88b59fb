/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSPORT_VIRTIO_ACCELERATOR_H
#define TRANSPORT_VIRTIO_ACCELERATOR_H

#include "virtio/accel.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Which virtio devices are accelerators. That is judged before a device's status is touched, as it may be a
 * disk of somebody else's.
 */

/* Where a device with virtio id @id would have its struct accel_config, in its configuration space. */
size_t accelerator_config_at(unsigned int id);

/* Whether a device that has @config there is one that this program can use. Logged if its version hinders. */
bool accelerator_is_ours(const char *name, const struct accel_config *config);

#endif
