/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RPC_RPC_H
#define RPC_RPC_H

/* The plugin for processes: the connection is to the address that the environment names. */

/* Returns EINVAL for a setting that makes no sense, which is logged. */
int rpc_begin(void);
int rpc_end(void);

#endif
