/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFORMANCE_AGENT_H
#define CONFORMANCE_AGENT_H

#include <sys/types.h>

/*
 * An agent for a test: the program AGENT, which listens before agent_start() returns, and ends with
 * the test at the latest. What goes wrong is told on stderr.
 *
 * At hybrid-vsock:// it is in front of a VMM without a machine, the program VMM, which listens before
 * agent_start() returns; the agent may be later than that.
 */

struct agent {
    pid_t pid;
    pid_t vmm;          /* 0: none */
    char address[256];  /* where a client connects */
    char directory[64]; /* for its socket */
};

/*
 * @pattern  the address to listen at, in which '*' stands for something that is free: a path of a
 *           socket in a directory of its own, or a port
 * @options  further ones for the command line, to NULL
 * Returns 0 or -1.
 */
int agent_start(struct agent *agent, const char *pattern, const char *const *options);

/* SIGTERM. Returns 0 if it then ended with 0. */
int agent_stop(struct agent *agent);

/* Why there can be no agent at such an address on this machine, or NULL. */
const char *agent_cannot(const char *pattern);

#endif
