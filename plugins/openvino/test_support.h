/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENVINO_TEST_SUPPORT_H
#define OPENVINO_TEST_SUPPORT_H

#include "plugin_kit.h"

/* For cmocka: a session with this plugin alone is the state, and there is the folder of plugin_kit.h. */
int openvino_begin(void **state);
/* The models of make_models.py are in the folder. Exits with 77 if no Python can make them. */
int openvino_begin_with_models(void **state);
int openvino_end(void **state);

/* A model, registered and loaded; it must be possible. */
struct vaccel_resource *load(struct vaccel_session *sess, const char *path);
void unload(struct vaccel_session *sess, struct vaccel_resource *model);

/* Register and load it. Returns what the library returned. */
int try_load(struct vaccel_session *sess, struct vaccel_resource *model);

/* A tensor of 32-bit floats with one dimension, or with none if @count is 0. */
struct vaccel_tensor vector(const char *name, float *elements, size_t count);

#endif
