/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_OPS_MODEL_H
#define VACCEL_OPS_MODEL_H

#include "../tensor.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vaccel_resource;
struct vaccel_session;

/*
 * One call for any model: ONNX, TorchScript, SavedModel, ... A model is a resource of type MODEL, which
 * is a file, several, or a tree. An *engine* runs it: a plugin with a framework. Loaded models are shared:
 * the first load of a resource by an engine loads it, further ones (of other sessions) find it there, and
 * the last unload frees it.
 *
 * Which engine. Those are asked that serve the model's format, as seen by its contents: "onnx",
 * "openvino-ir", "saved-model", "frozen-graph", "tflite", "torchscript"; what is none of these has the
 * extension of its first file for a format. Of them the first is taken: the plugins that the session's hint
 * asks for before the others, among these those that the operator named in VACCEL_MODEL_ENGINES
 * ("openvino:torch") in that order, then by the order in which plugins were loaded.
 *
 * Signatures. A model can have several functions, with inputs and outputs of their own: the signatures of
 * a SavedModel, the methods of a TorchScript module. NULL or "" is the one meant to be called:
 * serving_default, forward.
 *
 * Errors of every call: EINVAL (NULL, wrong type of resource), EPERM (not registered with the session),
 * ESESS (released session or resource), ENOTSUP (no plugin of the session runs models), ENOMEM.
 */

/*
 * Load a model, so that it can be run in this session. Loading it again changes nothing. It is unloaded by
 * unload, or when it is unregistered.
 * @model   of type MODEL, registered with @sess
 * @engine  name of the plugin that is to run it, or NULL or "": by the order above
 * Returns ENOTSUP if no engine serves its format (the log says which formats are served), ENOENT if
 * @engine is none, EBUSY if another engine has it for this session, EBACKEND (the framework refused it; the
 * log has its sentence).
 */
int vaccel_model_load(struct vaccel_session *sess, struct vaccel_resource *model,
                      const char *engine);

/* Unload it for this session; runs under way go on, and keep it until they end. Returns ENOENT (not loaded). */
int vaccel_model_unload(struct vaccel_session *sess, struct vaccel_resource *model);

/* An input or an output of a model. What the framework does not know is unknown here. */
struct vaccel_tensor_spec {
    char name[256];
    enum vaccel_data_type data_type; /* VACCEL_DATA_UNKNOWN */
    int32_t nr_dims;                 /* -1: unknown */
    int64_t dims[16];                /* -1: any number, different in each run */
};

/* What a model is. */
struct vaccel_model_info {
    char format[32];
    char engine[64]; /* the plugin that runs it */
    size_t nr_signatures;
    char **signatures; /* all that the model has; none if it knows of no names for them */
    size_t nr_inputs;
    struct vaccel_tensor_spec *inputs; /* of the signature that was asked for */
    size_t nr_outputs;
    struct vaccel_tensor_spec *outputs;
};

/*
 * Tell what a loaded model takes and gives.
 * @signature  or NULL
 * @info       set to a new struct, for vaccel_model_info_delete(); NULL on error
 * Returns also ENOENT (not loaded), EINVAL (no such signature), EBACKEND (a name of over 255 bytes, or over 16
 * dimensions, which cannot be told).
 */
int vaccel_model_info(struct vaccel_session *sess, struct vaccel_resource *model,
                      const char *signature, struct vaccel_model_info **info);

/* Free it. NULL does nothing. */
void vaccel_model_info_delete(struct vaccel_model_info *info);

/*
 * Run a loaded model.
 * @signature  or NULL
 * @inputs     @nr_inputs tensors, at most 4096; a model may have none
 * @outputs    @nr_outputs tensors, 1 to 4096: those that are wanted, by name or place. @held of each
 *             is 0 if the call failed with anything but ERANGE
 * Returns also ENOENT (not loaded), EINVAL (no such signature, name or place, wrong type or shape, a size
 * that does not suit the dimensions), EBACKEND (the framework failed), ERANGE (an output did not fit
 * and is held; the others are valid).
 * Any number of threads may run the same model at once.
 */
int vaccel_model_run(struct vaccel_session *sess, struct vaccel_resource *model,
                     const char *signature, const struct vaccel_tensor *inputs, size_t nr_inputs,
                     struct vaccel_tensor *outputs, size_t nr_outputs);

#ifdef __cplusplus
}
#endif

#endif
