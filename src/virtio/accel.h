/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTIO_ACCEL_H
#define VIRTIO_ACCEL_H

#include "wire/wire.h"

/*
 * vAccel's virtio device: its configuration space and what is in a descriptor chain.
 * docs/virtio-accel.md explains it in full; the messages are those of docs/protocol.md.
 *
 * One queue. A chain is a message to the device and room for its answer:
 *
 *   to read:   struct accel_head, struct wire_header, the body, the payload
 *   to write:  head->answer_size bytes for the answer's header and body, then for the payload of the
 *              answer: of a call one room of its size for each WIRE_ARG_RETURNED argument, in their order
 *
 * Where one descriptor ends and the next begins means nothing. Unlike on a stream, payload_size and
 * flags in a wire_header are 0, as the chain says how long all is, and an output lies at the beginning
 * of its room. Memory of a chain is the device's until the chain is in the used ring.
 */

enum {
    ACCEL_QUEUE = 0,
    ACCEL_ID_OWN = 63,       /* the virtio id of the own device, unless the operator sets another */
    ACCEL_CONFIG_AT_OWN = 0, /* where struct accel_config begins in the configuration space */
    ACCEL_CONFIG_AT_CARRIER = 36, /* in a virtio-blk's: the fields of discard and write zeroes */
    ACCEL_CONFIG_VERSION = 1,
    ACCEL_ALIGN = 64, /* numbers that begin at a multiple of it are used where they lie */
};

/* 20 bytes. The device has VIRTIO_ID_BLOCK and is a carrier, or an id of its own. */
struct accel_config {
    uint32_t magic;   /* WIRE_MAGIC: else it is a disk like any other */
    uint16_t version; /* of this layout: ACCEL_CONFIG_VERSION */
    uint16_t zero;
    uint8_t name[12]; /* of the device, for people; padded with zeros */
};

enum accel_flags {
    ACCEL_MORE = 1, /* the payload goes on in a chain with a WIRE_PART of the same id */
};

/* As long as the header of a virtio-blk request, whose types are small numbers. */
struct accel_head {
    uint32_t magic;       /* WIRE_MAGIC */
    uint32_t flags;       /* enum accel_flags */
    uint32_t answer_size; /* bytes to write that are for the answer's header and body */
    uint32_t zero;
};

/*
 * A message whose memory has more pieces than the queue has descriptors is split. Payload to the
 * device: its first chain and all but the last have ACCEL_MORE; those after the first are accel_head,
 * wire_header of type WIRE_PART with the same id, and more payload. Only the last one is answered;
 * the others come back with nothing written once their bytes are copied, or with a goodbye if they have
 * room for one. Rooms: the last chain has as many as fit, and
 * what is missing is asked for with chains of a WIRE_PART, same id, without payload, with
 * answer_size 0 and the next rooms. Every byte of the rooms is asked for, in order.
 */

_Static_assert(sizeof(struct accel_config) == 20, "accel_config changed");
_Static_assert(sizeof(struct accel_head) == 16, "accel_head changed");

#endif
