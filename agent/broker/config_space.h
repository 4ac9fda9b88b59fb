/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_CONFIG_SPACE_H
#define BROKER_CONFIG_SPACE_H

#include <stdint.h>

/* What a device is to a guest before any of it is set up. */

/* How many queues it has, and how many of them, the first, are served. */
uint32_t config_space_queues(uint32_t device);
uint32_t config_space_served(uint32_t device);

/* The features that a device of that virtio id offers. */
uint64_t config_space_features(uint32_t device);

/*
 * Some bytes of its configuration space; beyond what there is are zeros.
 * @address  where its front end connects, which gives the device its name
 */
void config_space_read(uint32_t device, const char *address, uint32_t offset, uint8_t *bytes,
                       uint32_t size);

#endif
