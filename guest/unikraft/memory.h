/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_UNIKRAFT_MEMORY_H
#define GUEST_UNIKRAFT_MEMORY_H

#include "virtio/port.h"

/* Where the device sees memory: virtio_port_ops.map. */
size_t memory_map(struct virtio_port *port, const void *data, size_t size,
                  struct virtio_segment *segments, size_t room);

#endif
