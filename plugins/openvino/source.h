/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENVINO_SOURCE_H
#define OPENVINO_SOURCE_H

#include "vaccel.h"

#include <openvino/c/openvino.h>

/*
 * Read a model.
 * @format  one of the engine's
 * @source  set to it. It may use the resource's memory and files
 * Returns EINVAL (the resource has not the files that the format needs), EBACKEND (OpenVINO refused
 * them), ENOMEM, or the error of writing a temporary file.
 */
int source_read(struct vaccel_resource *resource, const char *format, ov_model_t **source);

/*
 * Find out whether an IR model has variables, of which OpenVINO's C interface tells nothing.
 * Returns EBACKEND (its file cannot be mapped).
 */
int source_has_state(struct vaccel_resource *resource, const char *format, bool *has_state);

#endif
