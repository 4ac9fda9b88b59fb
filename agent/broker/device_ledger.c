/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/device_ledger.h"
#include "agent/broker/shared_memory.h"
#include "agent/log.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct device_ledger *device_ledger_share(int *fd)
{
    void *ledger = MAP_FAILED;

    *fd = shared_memory("vaccel-agent-device", sizeof(struct device_ledger));
    if (*fd >= 0)
        ledger =
            mmap(NULL, sizeof(struct device_ledger), PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
    if (ledger != MAP_FAILED)
        return ledger;
    agent_error("cannot share memory with the worker: %s", strerror(errno));
    if (*fd >= 0)
        close(*fd);
    return NULL;
}

void device_ledger_free(struct device_ledger *ledger, int fd)
{
    munmap(ledger, sizeof(*ledger));
    close(fd);
}

static unsigned int count_in_flight(const struct ring_ledger *ring)
{
    unsigned int count = 0;
    size_t i;

    for (i = 0; i < DEVICE_QUEUE_MOST; i++)
        count += atomic_load(&ring->in_flight[i].state) != IN_FLIGHT_NONE;
    return count;
}

unsigned int device_ledger_in_flight(const struct device_ledger *ledger)
{
    unsigned int count = 0;
    size_t i;

    for (i = 0; i < DEVICE_RINGS_MOST; i++)
        count += count_in_flight(&ledger->rings[i]);
    return count;
}

uint64_t device_ledger_done(const struct device_ledger *ledger)
{
    uint64_t done = device_ledger_in_flight(ledger);
    size_t i;

    for (i = 0; i < DEVICE_RINGS_MOST; i++)
        done += UINT64_C(2) * atomic_load(&ledger->rings[i].published);
    return done;
}

uint16_t device_ledger_next(const struct device_ledger *ledger, size_t index, uint32_t base)
{
    const struct ring_ledger *ring = &ledger->rings[index];

    if (!atomic_load(&ring->is_begun))
        return (uint16_t)base;
    return (uint16_t)(atomic_load(&ring->published) + atomic_load(&ring->skew));
}

static void clear(struct ring_ledger *ring)
{
    size_t i;

    atomic_store(&ring->is_begun, 0);
    atomic_store(&ring->skew, 0);
    atomic_store(&ring->published, 0);
    atomic_store(&ring->last, 0);
    for (i = 0; i < DEVICE_QUEUE_MOST; i++) {
        atomic_store(&ring->in_flight[i].state, IN_FLIGHT_NONE);
        ring->in_flight[i].answer_size = 0;
    }
}

void device_ledger_clear(struct device_ledger *ledger)
{
    size_t i;

    for (i = 0; i < DEVICE_RINGS_MOST; i++)
        clear(&ledger->rings[i]);
    for (i = 0; i < CONNECTIONS_MOST; i++)
        atomic_store(&ledger->ports[i], 0);
}
