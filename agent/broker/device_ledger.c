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

unsigned int device_ledger_in_flight(const struct device_ledger *ledger)
{
    unsigned int count = 0;
    size_t i;

    for (i = 0; i < DEVICE_QUEUE_MOST; i++)
        count += atomic_load(&ledger->in_flight[i].state) != IN_FLIGHT_NONE;
    return count;
}

uint16_t device_ledger_next(const struct device_ledger *ledger, uint32_t base)
{
    if (!atomic_load(&ledger->is_begun))
        return (uint16_t)base;
    return (uint16_t)(atomic_load(&ledger->published) + atomic_load(&ledger->skew));
}

bool device_ledger_is_unused(const struct device_ledger *ledger, uint32_t base)
{
    return device_ledger_next(ledger, base) == (uint16_t)base && !device_ledger_in_flight(ledger);
}

void device_ledger_clear(struct device_ledger *ledger)
{
    size_t i;

    atomic_store(&ledger->is_begun, 0);
    atomic_store(&ledger->skew, 0);
    atomic_store(&ledger->published, 0);
    atomic_store(&ledger->last, 0);
    for (i = 0; i < DEVICE_QUEUE_MOST; i++) {
        atomic_store(&ledger->in_flight[i].state, IN_FLIGHT_NONE);
        ledger->in_flight[i].answer_size = 0;
    }
}
