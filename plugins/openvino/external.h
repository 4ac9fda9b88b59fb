/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENVINO_EXTERNAL_H
#define OPENVINO_EXTERNAL_H

#include "vaccel.h"

/*
 * Look at where an ONNX model has its weights that are not in itself. OpenVINO would take one of
 * the names for an address in memory, and look for the others in the working directory if the model
 * has no path. What is no ONNX model has no such names.
 * @may_have  whether there can be files beside it
 * Returns EBACKEND (a name of anything but a file beside the model, a file that cannot be mapped).
 */
int external_check(struct vaccel_blob *model, bool may_have);

#endif
