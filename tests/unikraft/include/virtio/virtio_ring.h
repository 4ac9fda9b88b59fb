/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_VIRTIO_RING_H
#define STAND_IN_VIRTIO_RING_H

/* Bytes of a ring whose used part begins at a multiple of @align. */
static inline unsigned int vring_size(unsigned int size, unsigned long align)
{
    unsigned long before_used = 16 * size + 2 * (3 + size);

    before_used = (before_used + align - 1) & ~(align - 1);
    return (unsigned int)before_used + 2 * 3 + 8 * size;
}

#endif
