/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENVINO_CORE_H
#define OPENVINO_CORE_H

#include <openvino/c/openvino.h>

/*
 * Start OpenVINO, and read how models are to run: VACCEL_OPENVINO_DEVICE, and
 * VACCEL_OPENVINO_EXECUTION_MODE.
 * Returns ENODEV (the device is not there; the log says which are), EINVAL (no such mode), EBACKEND
 * (OpenVINO does not start).
 */
int core_open(void);
void core_close(void);

/* Between the two. */
ov_core_t *core_get(void);
const char *core_device(void);
const char *core_execution_mode(void);

#endif
