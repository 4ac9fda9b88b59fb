/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIKRAFT_AGENT_DEVICE_H
#define TESTS_UNIKRAFT_AGENT_DEVICE_H

#include "device.h"

/*
 * A real agent's device, behind the stand-in's bus as behind that of a VMM. It sees the heap, which lies in
 * shared memory from now on.
 * @path  of its socket
 */
void agent_device_begin(struct device *device, const char *path);
void agent_device_end(struct device *device);

#endif
