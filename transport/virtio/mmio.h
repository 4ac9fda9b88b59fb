/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSPORT_VIRTIO_MMIO_H
#define TRANSPORT_VIRTIO_MMIO_H

#include "virtio/device.h"

enum { VIRTIO_MMIO_SIZE = 0x200 };

/*
 * The device whose registers are at @address, if it is wanted; NULL: there is none.
 * @line  of the interrupt controller
 */
struct virtio_device *virtio_mmio_find(uint64_t address, unsigned int line,
                                       const struct virtio_machine *machine,
                                       virtio_device_test *is_wanted);

#endif
