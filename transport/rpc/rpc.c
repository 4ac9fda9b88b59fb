/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/rpc.h"
#include "client/current.h"
#include "socket/connection.h"
#include "vaccel.h"

/* Not in rpc_begin(), which a process may call many times. */
__attribute__((constructor)) static void watch_forks(void)
{
    pthread_atfork(current_forking, current_fork_done, current_forked);
}

int rpc_begin(void)
{
    return current_begin(socket_connection_open, "tcp://127.0.0.1:65500",
                         program_invocation_short_name);
}

int rpc_end(void)
{
    current_end();
    return VACCEL_OK;
}
