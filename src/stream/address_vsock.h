/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STREAM_ADDRESS_VSOCK_H
#define STREAM_ADDRESS_VSOCK_H

#include "stream/address_parts.h"

/*
 * All that addresses know of vsock. Not every system has it: address_vsock.c is for those that do,
 * address_without_vsock.c for the others.
 */

/* "cid:port", as address_parse(). NULL, or what is wrong with it. */
const char *vsock_parse(const char *text, bool listening, struct address_parts *parts);

/* The address of a socket, and its length. */
socklen_t vsock_place(const struct address_parts *parts, struct sockaddr_storage *place);

/* Let connecting take @ms, more than the system would. Of another family: nothing. */
void vsock_set_patience(int fd, int family, int ms);

/* "vsock://2:1234" if @before is "vsock://". False, and nothing: it is of another family. */
bool vsock_describe(const struct sockaddr *address, const char *before, char *buf, size_t size);

#endif
