/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_SYS_SOCKET_H
#define GUEST_SYS_SOCKET_H

/* There are no sockets. These are of streams that something else carries; the numbers are Linux's. */
#define MSG_DONTWAIT 0x40
#define MSG_WAITALL 0x100

#define SHUT_RD 0
#define SHUT_WR 1
#define SHUT_RDWR 2

#endif
