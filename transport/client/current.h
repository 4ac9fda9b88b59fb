/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_CURRENT_H
#define CLIENT_CURRENT_H

#include "client/connection.h"

/* The connection that this process has: one for all its sessions. */

/*
 * Make a connection and say hello. Returns EINVAL (an address that is none), EREMOTEIO, ENODEV, ENOMEM,
 * or the status with which the agent refused; logged.
 */
typedef int connection_opener(const struct connection_settings *settings,
                              struct connection **connection);

/*
 * @address  NULL, or what VACCEL_RPC_ADDRESS is if it is not set
 * @peer     stays where it is
 * Returns EINVAL for a setting of the environment that makes no sense, which is logged; ENOMEM.
 */
int current_begin(connection_opener *open, const char *address, const char *peer);
/* Let go of the connection. */
void current_end(void);

/*
 * The connection, held for the caller. It is made if there is none, or the one of before was lost; then
 * *@fresh is true. Returns as the opener.
 */
int current_connection(struct connection **connection, bool *fresh);

/* Around a fork(): before it, after it in the parent, after it in the child. */
void current_forking(void);
void current_fork_done(void);
void current_forked(void);

#endif
