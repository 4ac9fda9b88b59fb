/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSPORT_VIRTIO_PCI_H
#define TRANSPORT_VIRTIO_PCI_H

#include "virtio/device.h"

/*
 * PCI's configuration space, as the machine reaches it: by ports, or mapped (ECAM).
 * @function  bus << 8 | slot << 3 | function
 * @offset    a multiple of 4
 */
struct pci_access {
    uint32_t (*read)(uint32_t function, uint32_t offset);
    void (*write)(uint32_t function, uint32_t offset, uint32_t value);
};

/* The first device on the bus 0 or behind its bridges that is wanted; NULL: there is none. */
struct virtio_device *virtio_pci_find(const struct pci_access *pci,
                                      const struct virtio_machine *machine,
                                      virtio_device_test *is_wanted);

#endif
