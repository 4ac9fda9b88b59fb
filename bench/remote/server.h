/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_SERVER_H
#define BENCH_SERVER_H

/* Another process that serves, for as long as it is measured. */

#include "address.h"

#include <stdbool.h>
#include <sys/types.h>

struct server {
    char address[ADDRESS_ROOM];
    pid_t pid; /* 0: it has ended */
    int waited_ms;
};

/*
 * Run @command, confined to @core as by stay_on_core(). 0 or an error, which was told; then there is
 * nothing to stop. It ends with its parent.
 */
int server_start(struct server *server, const char *const command[], int core);

/*
 * vaccel-agent, with a plugin, and wait until it can be connected to. @kind as in address_new(); the
 * rest as above.
 */
int server_start_agent(struct server *server, const char *kind, const char *plugin, int core);

/*
 * The same as a virtio device, of which both sides spin so many microseconds; it can be opened at once.
 * The address is that of its client.
 */
int server_start_device(struct server *server, const char *plugin, const char *spin, int core);

/* Wait a little. False: it has ended, or that was the last time. */
bool server_have_patience(struct server *server);

/* SIGTERM, and SIGKILL if that does not help. Releases the address. */
void server_stop(struct server *server);

#endif
