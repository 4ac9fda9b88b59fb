/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPS_TENSOR_FAMILIES_H
#define OPS_TENSOR_FAMILIES_H

#include "ops/tensor_args.h"

extern const struct tensor_family tensor_family_tf;
extern const struct tensor_family tensor_family_tflite;
extern const struct tensor_family tensor_family_torch;

struct tensor_unpacked {
    struct vaccel_session *sess;
    struct vaccel_op_call *call;
    struct vaccel_resource *model;
    void **inputs;
    size_t nr_inputs;
    void **outputs;
    size_t nr_outputs;
};

/*
 * For op_spec.unpack of an operation whose read arguments are @nr_before and then tensors, and
 * whose write arguments are @nr_status and then tensors: make the tensors, let @typed call the
 * typed form and fill the outputs, write these back. Returns EINVAL if the arguments do not pair.
 */
int tensor_run_unpack(const struct tensor_family *family, struct tensor_unpacked *run,
                      size_t nr_before, size_t nr_status,
                      int (*typed)(const struct tensor_unpacked *run));

/* The same with read[0] the model's id. Returns also ENOENT. */
int tensor_model_unpack(const struct tensor_family *family, struct vaccel_session *sess,
                        struct vaccel_op_call *call, size_t nr_before, size_t nr_status,
                        int (*typed)(const struct tensor_unpacked *run));

#endif
