/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENVINO_MODEL_H
#define OPENVINO_MODEL_H

#include "ports.h"
#include "requests.h"

#include "vaccel/engine.h"

/* A model, compiled for the device. */
struct model {
    ov_compiled_model_t *compiled;
    struct ports inputs;
    struct ports outputs;
    struct requests requests;
    bool is_saved_model;
    bool has_state; /* in the form that IR gives it */
};

/* The functions of vaccel_model_engine. */
int model_load(struct vaccel_resource *resource, const char *format, void **state);
void model_unload(void *state);
int model_info(void *state, const char *signature, struct vaccel_model_info *info);
int model_run(void *state, struct vaccel_session *sess, const struct vaccel_inference *inference);

#endif
