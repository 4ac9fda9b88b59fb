/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENVINO_INPUTS_H
#define OPENVINO_INPUTS_H

#include "ports.h"
#include "requests.h"

#include "vaccel/engine.h"

/*
 * Hand copies of the inputs of @inference over to @request.
 * Returns EINVAL (not all of the model's inputs once each, a wrong type or shape), EBACKEND,
 * ENOMEM.
 */
int inputs_set(struct request *request, const struct ports *ports,
               const struct vaccel_inference *inference);

#endif
