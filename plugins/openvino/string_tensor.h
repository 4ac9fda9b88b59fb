/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENVINO_STRING_TENSOR_H
#define OPENVINO_STRING_TENSOR_H

#include "vaccel.h"

#include <openvino/c/openvino.h>

/*
 * Make a tensor of an input of strings. OpenVINO's C interface takes strings that end with a zero
 * byte.
 * @name  of the input, for the log
 * Returns EINVAL (lengths that do not suit the data, a string with a zero byte in it), EBACKEND,
 * ENOMEM.
 */
int string_tensor_make(const char *name, const struct vaccel_tensor *input, ov_shape_t shape,
                       ov_tensor_t **tensor);

#endif
