/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_UNIKRAFT_DRIVER_H
#define GUEST_UNIKRAFT_DRIVER_H

#include <virtio/virtio_bus.h>

/* The accelerator that Unikraft's virtio bus has found, the first one; NULL: there is none. */
struct virtio_dev *driver_accelerator(void);

#endif
