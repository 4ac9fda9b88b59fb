/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STREAM_ADDRESS_PARTS_H
#define STREAM_ADDRESS_PARTS_H

#include <netdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* An address taken apart. */
struct address_parts {
    int family;         /* AF_UNIX, of vsock; AF_UNSPEC: tcp */
    char host[256];     /* of tcp, without brackets; of unix the path */
    bool is_bracketed;  /* a number of IPv6 */
    uint32_t cid, port; /* of vsock and vhost-vsock; the port also of tcp and of hybrid-vsock */
    uint32_t device;    /* of vhost-user and vhost-vsock: the virtio id, else 0 */
    bool is_hybrid;     /* hybrid-vsock, whose path is that of unix */
};

/* The socket addresses that one stands for. */
struct address_places {
    struct addrinfo *first;
    struct addrinfo only; /* of unix and vsock */
    struct sockaddr_storage storage;
    bool is_hybrid; /* a VMM answers there, which has to be told the port */
    uint32_t port;
};

int address_parse(const char *address, bool listening, struct address_parts *parts, char *why,
                  size_t why_size);

/* Digits to the text's end and nothing else; false: it is no such number, or above @most. */
bool address_read_number(const char *text, uint32_t most, uint32_t *number);

/* On success address_places_free() must follow. */
int address_find_places(const char *address, bool listening, struct address_places *places,
                        char *why, size_t why_size);
void address_places_free(struct address_places *places);

/* A socket for a stream: not blocking, closed on exec. -1 sets errno. */
int address_socket(int family);

/* What every connection over tcp has; a listening socket hands it on to those it accepts. */
void address_set_options(int fd, int family);

/* Until then, as poll() wants it; INT64_MAX is for ever. */
int address_left_ms(int64_t until);

/*
 * Tell a VMM to which of its machine's ports this connection is to lead. Not a byte is read of what
 * comes after its answer.
 * @fd  not blocking
 * Returns an errno value: ECONNRESET if nobody listens at that port, EPROTO for another answer.
 */
int address_handshake(int fd, uint32_t port, int64_t until);

/* Write the sentence, and return @code. */
int address_fail(int code, char *why, size_t why_size, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
