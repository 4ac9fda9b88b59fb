/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_ADDRESS_H
#define BENCH_ADDRESS_H

/* Where servers listen, in the words of vAccel: "unix:///folder/socket", "tcp://127.0.0.1:4711". */

#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { ADDRESS_ROOM = 108 };

/* A new one of a kind, "unix" or "tcp". 0 or an error, which was told. */
int address_new(const char *kind, char address[ADDRESS_ROOM]);

/* Remove what address_new() or a server made in the file system. */
void address_release(const char *address);

/* The path of a unix address, HOST:PORT of a tcp one. */
const char *address_place(const char *address);

/* A blocking socket; of tcp without delay. -1: errno says why. */
int address_listen(const char *address);
int address_accept(int listening);
int address_connect(const char *address);

#ifdef __cplusplus
}
#endif

#endif
