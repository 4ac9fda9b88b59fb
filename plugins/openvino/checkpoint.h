/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENVINO_CHECKPOINT_H
#define OPENVINO_CHECKPOINT_H

#include "vaccel.h"

/*
 * Check the index of a SavedModel's variables, if it has one, whose lengths OpenVINO trusts.
 * Returns EBACKEND (they lead out of the file, or it cannot be mapped).
 */
int checkpoint_check(const struct vaccel_resource *resource);

#endif
