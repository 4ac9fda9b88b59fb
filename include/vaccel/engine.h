/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_ENGINE_H
#define VACCEL_ENGINE_H

#include "ops/model.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vaccel_plugin;
struct vaccel_resource;
struct vaccel_session;

/*
 * One run of a model, as an engine gets it. Inputs are checked: data are as long as dimensions say, and names
 * and signature are NULL or not empty.
 */
struct vaccel_inference {
    const char *signature; /* or NULL */
    const struct vaccel_tensor *inputs;
    size_t nr_inputs;              /* 0 for a model without inputs */
    struct vaccel_tensor *outputs; /* for vaccel_tensor_put() */
    size_t nr_outputs;             /* at least one */
    const void *options; /* run options of a classic call, in the framework's form; or NULL */
    size_t options_size;
};

/*
 * A plugin that runs models. It serves the model calls and, where no plugin has functions of its own for
 * them, the classic ones (tf.h, tflite.h, torch.h). The library keeps who has loaded what: an engine sees one
 * load of a resource, any number of runs, in any number of threads, and one unload when none of them is
 * under way any more. Functions return VACCEL_OK or an error code, and log a sentence with the error:
 * the framework's own. After an error that leaves nothing in this process to run models with, call
 * vaccel_plugin_fault() too (plugin.h).
 */
struct vaccel_model_engine {
    struct vaccel_plugin *owner; /* &vaccel_this_plugin */
    const char *const *formats;  /* names as in ops/model.h, NULL behind the last; {"*"}: any */
    /*
     * Load: *@state is handed to the others. The blobs of @model are filled; a file's blob has a path,
     * and vaccel_blob_data() maps it; one in memory has data alone. Files of a tree lie in
     * vaccel_resource_directory(). All that stays until unload. Nothing is left of a load that fails.
     */
    int (*load)(struct vaccel_resource *model, const char *format, void **state);
    void (*unload)(void *state);
    /* Fill @info by the calls below. */
    int (*info)(void *state, const char *signature, struct vaccel_model_info *info);
    int (*run)(void *state, struct vaccel_session *sess, const struct vaccel_inference *inference);
};

/*
 * Register the plugin's engine; for its init(). There is one to a plugin, and it has the plugin's name.
 * @engine  must stay where it is while the plugin is loaded
 * Returns EINVAL (NULL, a function, the formats or the owner missing), ENOENT (the owner is not loaded),
 * EEXIST (it has one already).
 */
int vaccel_plugin_register_model_engine(const struct vaccel_model_engine *engine);

/*
 * For vaccel_model_engine.info: add a signature, an input or an output, in order.
 * @name     copied; at most 255 bytes
 * @type     what is none of them is told as VACCEL_DATA_UNKNOWN
 * @nr_dims  numbers in @dims, at most VACCEL_TENSOR_DIMS_MAX; below 0: unknown
 * @dims     below 0: any
 * Returns EINVAL (NULL), EBACKEND (name too long, too many dimensions), ENOMEM.
 */
int vaccel_model_info_add_signature(struct vaccel_model_info *info, const char *name);
int vaccel_model_info_add_input(struct vaccel_model_info *info, const char *name,
                                enum vaccel_data_type type, int nr_dims, const int64_t *dims);
int vaccel_model_info_add_output(struct vaccel_model_info *info, const char *name,
                                 enum vaccel_data_type type, int nr_dims, const int64_t *dims);

#ifdef __cplusplus
}
#endif

#endif
