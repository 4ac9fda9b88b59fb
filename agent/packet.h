/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENT_PACKET_H
#define AGENT_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Packets of SOCK_SEQPACKET sockets, with descriptors (SCM_RIGHTS). */

/* As many as anybody can send at once: those that find no room are closed by who receives, then and there. */
enum { PACKET_FDS_MOST = 253 };

/* Send without waiting. The caller keeps @fds. False: it takes nothing now, or never will (errno). */
bool packet_send(int socket, const void *data, size_t size, const int *fds, size_t nr_fds);

/*
 * Receive one of exactly @size bytes, and the descriptors that come with it.
 * @flags  of recvmsg()
 * @fds    room for @room, at most PACKET_FDS_MOST; those that did not come are -1
 * False: none came (errno), or another one or the end of all (errno is 0); that may bring descriptors, too.
 */
bool packet_receive(int socket, int flags, void *data, size_t size, int *fds, size_t room);

#endif
