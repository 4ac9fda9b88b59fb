/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFORMANCE_H
#define CONFORMANCE_H

/*
 * What every transport has to do. A transport's test names the transport:
 *
 *     int main(void)
 *     {
 *         return conformance(&(struct transport){.plugin = "rpc", .address = "tcp://127.0.0.1:*"});
 *     }
 *
 * Its sessions are compared with local ones of the same plugins in the same process, and a
 * difference is a failure of the transport.
 */

struct transport {
    /* One of tests/plugins/ or one that the library finds itself. NULL: sessions are local ones. */
    const char *plugin;
    /* Where an agent listens, as for agent_start(). NULL: the plugin needs none. */
    const char *address;
};

/* Run all cases. Returns what main() has to: 0, 77 if the transport cannot be here, or failure. */
int conformance(const struct transport *transport);

#endif
