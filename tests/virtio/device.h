/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_H
#define TESTS_DEVICE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * The back end of vhost-user, as a test wants it: a thread that answers each chain with what it reads,
 * every byte plus one. One connection after the other.
 */
struct device {
    char path[108];
    bool acks; /* offers REPLY_ACK */
    /* The configuration space: @config bytes of zeros, and a struct accel_config in them. */
    uint32_t config;
    uint32_t config_at;
    uint32_t config_magic;
    uint16_t config_version;
    uint64_t features; /* that it offers */

    /* What it does wrong, at a request (enum vhost_request, 0: never): */
    atomic_uint hangs_up_at;
    atomic_uint refuses_at;
    atomic_uint mixes_up_at; /* replies to another one */
    uint32_t lingers_ms;     /* holds on to the memory so long once the front end hung up */

    atomic_uint connections; /* so far */
    atomic_uint requests;
    atomic_bool has_memory; /* it can write to the front end's memory */
    atomic_bool stops;      /* the test is over */
    atomic_bool hangs_up;   /* at once */
};

void device_begin(struct device *device);
void device_end(struct device *device);

#endif
