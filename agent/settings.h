/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENT_SETTINGS_H
#define AGENT_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the operator decides, by the command line and a TOML file. One flat struct: it is sent. */

enum {
    LISTEN_MOST = 16,
    ADDRESS_SIZE = 256,
    PLUGINS_SIZE = 4096,
    HOSTS_MOST = 32,
    HOST_SIZE = 256,
    CONNECTIONS_MOST = 4096,
    FRONT_ENDS_MOST = 256,
    MACHINES_MOST = 1024, /* at all addresses of machines together */
};

struct limits {
    uint64_t connections;      /* at once, of the agent */
    uint64_t sessions;         /* of a connection */
    uint64_t resources;        /* of a connection */
    uint64_t resource_bytes;   /* of a connection, all resources together */
    uint64_t held_bytes;       /* of a session: outputs that nobody fetched */
    uint64_t calls;            /* of a connection, at once */
    uint64_t message_bytes;    /* all arguments of one call, there and back */
    uint64_t connection_bytes; /* the same of all calls of a connection that run at once */
};

struct timeouts {
    uint64_t hello_ms; /* from accepting a connection to its hello */
    uint64_t stall_ms; /* without a byte in the middle of a message, either way */
    uint64_t drain_ms; /* for calls to end after SIGTERM */
    uint64_t reset_ms; /* for calls to end when a VM stops its device; then by force */
};

struct device_settings {
    uint64_t spin_us;    /* to look at a ring before sleeping; 0: not at all */
    uint64_t front_ends; /* at one address, at once */
};

struct settings {
    char listen[LISTEN_MOST][ADDRESS_SIZE];
    size_t nr_listen;
    char plugins[PLUGINS_SIZE]; /* as VACCEL_PLUGINS */
    bool allow_exec;
    bool allow_kernels;
    char hosts[HOSTS_MOST][HOST_SIZE]; /* from which resources may be fetched */
    size_t nr_hosts;
    struct limits limits;
    struct timeouts timeouts;
    struct device_settings device;
};

/* What settings_read() found the command line to ask for. */
enum settings_outcome { SETTINGS_RUN, SETTINGS_SHOWN /* --help, --version */, SETTINGS_WRONG };

/*
 * The defaults, then the file that --config names, then the rest of the command line. What is wrong
 * is told on the standard error, with file and line.
 */
enum settings_outcome settings_read(int argc, char **argv, struct settings *settings);

#ifdef __cplusplus
}
#endif

#endif
