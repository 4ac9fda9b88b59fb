/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENVINO_OUTPUTS_H
#define OPENVINO_OUTPUTS_H

#include "ports.h"
#include "requests.h"

#include "vaccel/engine.h"

/*
 * Find the outputs that are asked for, and let those be written to where the application has room
 * for them whose size is known before the run.
 * @places  set to their numbers, one for each output of @inference
 * Returns EINVAL (the model has no such output), EBACKEND.
 */
int outputs_place(struct request *request, const struct ports *ports,
                  const struct vaccel_inference *inference, size_t *places);

/* After the run: deliver them. Returns EBACKEND, or as vaccel_tensor_put(). */
int outputs_deliver(const struct request *request, const struct ports *ports,
                    struct vaccel_session *sess, const struct vaccel_inference *inference,
                    const size_t *places);

#endif
