/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VHOST_VHOST_H
#define VHOST_VHOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The vhost-user protocol, as far as the agent (back end) and transport/virtio-user (front end) speak it:
 * messages over a unix socket, with descriptors beside them. Names and numbers are the specification's.
 */

enum vhost_request {
    VHOST_USER_GET_FEATURES = 1,
    VHOST_USER_SET_FEATURES = 2,
    VHOST_USER_SET_OWNER = 3,
    VHOST_USER_RESET_OWNER = 4,
    VHOST_USER_SET_MEM_TABLE = 5,
    VHOST_USER_SET_LOG_BASE = 6,
    VHOST_USER_SET_LOG_FD = 7,
    VHOST_USER_SET_VRING_NUM = 8,
    VHOST_USER_SET_VRING_ADDR = 9,
    VHOST_USER_SET_VRING_BASE = 10,
    VHOST_USER_GET_VRING_BASE = 11,
    VHOST_USER_SET_VRING_KICK = 12,
    VHOST_USER_SET_VRING_CALL = 13,
    VHOST_USER_SET_VRING_ERR = 14,
    VHOST_USER_GET_PROTOCOL_FEATURES = 15,
    VHOST_USER_SET_PROTOCOL_FEATURES = 16,
    VHOST_USER_GET_QUEUE_NUM = 17,
    VHOST_USER_SET_VRING_ENABLE = 18,
    VHOST_USER_GET_CONFIG = 24,
    VHOST_USER_SET_CONFIG = 25,
    VHOST_USER_GET_MAX_MEM_SLOTS = 36,
    VHOST_USER_GET_STATUS = 40,
    VHOST_USER_SET_STATUS = 39,
};

enum {
    VHOST_USER_F_PROTOCOL_FEATURES = 30, /* a bit of the features */
    VHOST_USER_PROTOCOL_F_MQ = 0,        /* bits of the protocol features */
    VHOST_USER_PROTOCOL_F_REPLY_ACK = 3,
    VHOST_USER_PROTOCOL_F_CONFIG = 9,
};

enum vhost_flags {
    VHOST_USER_VERSION = 1, /* in the two lowest bits */
    VHOST_USER_VERSION_MASK = 3,
    VHOST_USER_REPLY = 4,
    VHOST_USER_NEED_REPLY = 8,
};

enum {
    VHOST_USER_VRING_NOFD = 1 << 8, /* of a u64 that names a ring: no descriptor comes along */
    VHOST_USER_VRING_INDEX = 0xff,
    VHOST_REGIONS_MOST = 8,
    VHOST_CONFIG_MOST = 256,
    VHOST_FDS_MOST = VHOST_REGIONS_MOST,
};

struct vhost_header {
    uint32_t request;
    uint32_t flags;
    uint32_t size; /* of the body */
};

struct vhost_vring_state {
    uint32_t index;
    uint32_t num;
};

struct vhost_vring_addr {
    uint32_t index;
    uint32_t flags;
    uint64_t desc; /* as the front end sees its memory */
    uint64_t used;
    uint64_t avail;
    uint64_t log;
};

struct vhost_region {
    uint64_t guest_address;
    uint64_t size;
    uint64_t front_address; /* where the front end has it */
    uint64_t offset;        /* where it begins in its descriptor */
};

struct vhost_memory {
    uint32_t nr_regions;
    uint32_t padding;
    struct vhost_region regions[VHOST_REGIONS_MOST];
};

struct vhost_config {
    uint32_t offset;
    uint32_t size;
    uint32_t flags;
    uint8_t data[VHOST_CONFIG_MOST];
};

union vhost_body {
    uint64_t u64;
    struct vhost_vring_state state;
    struct vhost_vring_addr addr;
    struct vhost_memory memory;
    struct vhost_config config;
};

struct vhost_message {
    struct vhost_header header;
    union vhost_body body;
    int fds[VHOST_FDS_MOST];
    size_t nr_fds;
};

#endif
