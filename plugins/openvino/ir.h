/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENVINO_IR_H
#define OPENVINO_IR_H

#include "vaccel.h"

/*
 * Look at the shapes in an IR model. OpenVINO multiplies a constant's dimensions without a look at whether
 * that overflows, and reads beyond the weights. What is no IR model has no such shapes.
 * Returns EBACKEND (more elements than there can be, a text that is not written in plain characters, a file
 * that cannot be mapped).
 */
int ir_check(struct vaccel_blob *model);

#endif
