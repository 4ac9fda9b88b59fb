/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENCV_ENGINE_H
#define OPENCV_ENGINE_H

/* The engine for models in ONNX: what plugin.c registers, C functions as those of operations.h. */

#include <vaccel.h>

#ifdef __cplusplus
extern "C" {
#endif

int opencv_model_load(struct vaccel_resource *resource, const char *format, void **state);
void opencv_model_unload(void *state);
int opencv_model_info(void *state, const char *signature, struct vaccel_model_info *info);
int opencv_model_run(void *state, struct vaccel_session *sess,
                     const struct vaccel_inference *inference);

#ifdef __cplusplus
}
#endif

#endif
