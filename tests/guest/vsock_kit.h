/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VSOCK_KIT_H
#define VSOCK_KIT_H

#include "fake_vsock.h"
#include "virtio-vsock/stream.h"

/* A driver beside fake_vsock, and a stream over it. */

enum { KIT_PATIENCE_MS = 20, KIT_LARGE = 200 * 1000 };

extern struct vsock_driver kit_driver;
extern struct vsock_stream *kit_stream;
extern struct stream kit_carried;

/* For cmocka: with a driver alone, or connected. */
int kit_begin(void **state);
int kit_begin_connected(void **state);
int kit_end(void **state);

int kit_connect(unsigned int ms, const char **why);
/* For fake_vsock.sleep: the other side takes a request. */
void kit_respond(void);

/* The packet that was sent last, and how many were with that operation. */
struct fake_packet *kit_last(void);
size_t kit_count(uint16_t op);

ssize_t kit_receive(void *data, size_t size, int flags);
ssize_t kit_send(const void *data, size_t size);

/* So many bytes, to be freed. */
unsigned char *kit_pattern(size_t size);

#endif
