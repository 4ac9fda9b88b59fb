/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_DEVICE_LEDGER_H
#define BROKER_DEVICE_LEDGER_H

#include "agent/device.h"

/* The broker's side of a device's ledger. NULL: no memory to share, with the reason logged. */
struct device_ledger *device_ledger_share(int *fd);

/* No worker is left that could use it. */
void device_ledger_free(struct device_ledger *ledger, int fd);

/* Chains in the hands of a worker, or of one that died. */
unsigned int device_ledger_in_flight(const struct device_ledger *ledger);

/* How often a chain was taken or returned: of use only to see whether that has changed. */
uint64_t device_ledger_done(const struct device_ledger *ledger);

/* Nothing in flight: the index of a ring's available entries at which a worker would go on. */
uint16_t device_ledger_next(const struct device_ledger *ledger, size_t index, uint32_t base);

/* The rings are stopped. */
void device_ledger_clear(struct device_ledger *ledger);

#endif
