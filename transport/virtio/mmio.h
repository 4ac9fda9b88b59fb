/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSPORT_VIRTIO_MMIO_H
#define TRANSPORT_VIRTIO_MMIO_H

#include "virtio/device.h"

enum { VIRTIO_MMIO_SIZE = 0x200 };

/*
 * The accelerator whose registers are at @address; NULL: there is none.
 * @line  of the interrupt controller
 */
struct virtio_port *virtio_mmio_find(uint64_t address, unsigned int line,
                                     const struct virtio_machine *machine);

#endif
