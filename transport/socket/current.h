/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SOCKET_CURRENT_H
#define SOCKET_CURRENT_H

#include "socket/connection.h"

/*
 * The connection that this process has: one for all its sessions, to the agent that the environment
 * names.
 */

/* Read the settings. Returns EINVAL for one that makes no sense, which is logged. */
int current_begin(void);
/* Let go of the connection. */
void current_end(void);

/*
 * The connection, held for the caller. It is made if there is none, or the one of before was lost; then
 * *@fresh is true. Returns as connection_open().
 */
int current_connection(struct connection **connection, bool *fresh);

#endif
