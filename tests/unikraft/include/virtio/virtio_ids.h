/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_VIRTIO_IDS_H
#define STAND_IN_VIRTIO_IDS_H

#define VIRTIO_ID_INVALID 0
#define VIRTIO_ID_BLOCK 2

#endif
