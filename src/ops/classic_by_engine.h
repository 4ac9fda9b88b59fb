/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPS_CLASSIC_BY_ENGINE_H
#define OPS_CLASSIC_BY_ENGINE_H

#include "ops/fallbacks.h"
#include "ops/tensor_families.h"

/* One of a framework's element types, and ours. The first of equal ones of ours is what we return. */
struct classic_type {
    uint32_t classic;
    enum vaccel_data_type type;
};

/* A run by a framework's classic call. */
struct classic_run {
    const struct tensor_family *family;
    const struct classic_type *types; /* up to one of VACCEL_DATA_UNKNOWN */
    void *const *inputs;
    size_t nr_inputs;
    void **outputs; /* filled */
    size_t nr_outputs;
    char **names; /* of the inputs, then of the outputs; or NULL: by place */
    const void *options;
    size_t options_size;
};

/* Run it by the engine that has the model. */
int classic_run_by_engine(struct vaccel_session *sess, struct vaccel_resource *model,
                          const struct classic_run *run);

#endif
