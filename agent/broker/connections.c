/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/connections.h"
#include "agent/broker/let_go.h"
#include "agent/broker/shared_memory.h"
#include "agent/log.h"
#include "vaccel/error.h"
#include "wire/goodbye.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

static struct ledger *share_ledger(int *fd)
{
    void *ledger = MAP_FAILED;

    *fd = shared_memory("vaccel-agent-ledger", sizeof(struct ledger));
    if (*fd >= 0)
        ledger = mmap(NULL, sizeof(struct ledger), PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
    return ledger == MAP_FAILED ? NULL : ledger;
}

bool connections_init(struct connections *connections, uint32_t most)
{
    memset(connections, 0, sizeof(*connections));
    memset(connections->sockets, -1, sizeof(connections->sockets));
    connections->most = most;
    connections->ledger = share_ledger(&connections->ledger_fd);
    if (!connections->ledger)
        agent_error("cannot share memory with the worker: %s", strerror(errno));
    return connections->ledger != NULL;
}

uint32_t connections_add(struct connections *connections, int socket)
{
    uint32_t slot = 0;

    while (connections->sockets[slot] >= 0)
        slot++;
    connections->sockets[slot] = socket;
    connections->count++;
    atomic_store(&connections->ledger->sending[slot], 0);
    return slot;
}

void connections_drop(struct connections *connections, uint32_t slot)
{
    if (slot >= connections->most || connections->sockets[slot] < 0)
        return;
    let_go(connections->sockets[slot]);
    connections->sockets[slot] = -1;
    connections->count--;
}

/* Shut down too: a process that the worker began may have the socket still. */
void connection_end(int socket, uint32_t status, const char *sentence)
{
    _Alignas(8) unsigned char message[WIRE_GOODBYE_ROOM];
    size_t size = wire_goodbye(message, sizeof(message), status, sentence);

    send(socket, message, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    shutdown(socket, SHUT_RDWR);
}

void connections_end(struct connections *connections, const char *sentence)
{
    uint32_t slot;

    for (slot = 0; slot < connections->most; slot++) {
        if (connections->sockets[slot] < 0)
            continue;
        if (atomic_load(&connections->ledger->sending[slot]))
            shutdown(connections->sockets[slot], SHUT_RDWR);
        else
            connection_end(connections->sockets[slot], VACCEL_EBACKEND, sentence);
        connections_drop(connections, slot);
    }
}
