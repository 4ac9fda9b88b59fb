/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TFLITE_TEST_SUPPORT_H
#define TFLITE_TEST_SUPPORT_H

#include "plugin_kit.h"

/* For cmocka: a session with this plugin alone is the state. */
int tflite_begin(void **state);
int tflite_end(void **state);

/* A model of these bytes, which must stay until model_end(); it is registered, and not loaded. */
struct vaccel_resource *model_of_bytes(struct vaccel_session *sess, const void *bytes, size_t size);

#endif
