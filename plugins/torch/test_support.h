/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TORCH_TEST_SUPPORT_H
#define TORCH_TEST_SUPPORT_H

#include "plugin_kit.h"

/* From the build: PYTHON, which may have torch, and MAKE_MODELS, the script that needs it. */

/* Make models in the folder of plugin_kit.h, run the tests, remove it. The exit status: 77 without torch. */
int run_with_models(const struct CMUnitTest *tests, size_t nr_tests);

/* For cmocka: a session with this plugin alone is the state. */
int torch_begin(void **state);
int torch_end(void **state);

/* NAME.pt, loaded. */
void model_load(struct vaccel_session *sess, struct vaccel_resource *model, const char *name);
/* From memory. Returns what loading it returned. */
int model_load_bytes(struct vaccel_session *sess, struct vaccel_resource *model, const void *bytes,
                     size_t size);
void model_release(struct vaccel_resource *model);

/* FLOAT32 of @rows x @columns; without @rows of @columns. */
struct vaccel_tensor floats(float *data, int64_t rows, int64_t columns);

/* Fetch what is held: it must be these. */
void assert_floats(struct vaccel_session *sess, struct vaccel_tensor *tensor, const float *expected,
                   size_t count);

#endif
