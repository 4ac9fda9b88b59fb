/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TFLITE_BINDING_H
#define TFLITE_BINDING_H

#include "model.h"

/*
 * Which of the caller's tensors are for which of a function's inputs and outputs: those with a name by
 * that, the others by their own place.
 */

/*
 * Find the tensor for each input, and check its type and shape.
 * @given  receives @function->nr_inputs pointers into @inputs
 * Returns EINVAL: no such input, one twice or not at all, wrong type or shape; the log says which.
 */
int bind_inputs(const struct function *function, const struct vaccel_tensor *inputs,
                size_t nr_inputs, const struct vaccel_tensor **given);

/*
 * Find the output that each tensor asks for; several may ask for one.
 * @wanted  receives @nr_outputs pointers into @function->outputs
 * Returns EINVAL: no such output.
 */
int bind_outputs(const struct function *function, const struct vaccel_tensor *outputs,
                 size_t nr_outputs, const struct port **wanted);

#endif
