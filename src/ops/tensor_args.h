/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPS_TENSOR_ARGS_H
#define OPS_TENSOR_ARGS_H

#include "ops/op.h"
#include "vaccel/tensor.h"

/*
 * Tensors as arguments: each is a pair, its description and its data. The three frameworks' structs
 * differ in the types of their fields alone; a family reads and makes them.
 */
struct tensor_family {
    /* What @tensor is, with desc->size the bytes of its data. False: it has too many dimensions. */
    bool (*describe)(const void *tensor, struct vaccel_tensor_desc *desc, void **data);
    /* The largest dimension that its structs can hold. */
    int64_t dim_max;
    /* A tensor of that description, which was checked, without data; NULL: no memory. */
    void *(*make)(const struct vaccel_tensor_desc *desc);
    /* Let it own or borrow the data. */
    void (*set_data)(void *tensor, void *data, size_t size, bool own);
    void (*free)(void *tensor);
    /* Bytes of an element. False: they vary, or the type does not exist. */
    bool (*element_size)(uint32_t type, size_t *size);
};

/* Whether @count tensors are there and their data as long as their dimensions say. OK or EINVAL. */
int tensors_check(const struct tensor_family *family, void *const *tensors, int count);

/* Whether there is room for @count tensors; all are set to NULL. OK or EINVAL. */
int tensors_room(void **tensors, int count);

/* For op_spec.more of an operation that has nothing but tensors behind its fixed arguments. */
const struct op_arg *tensor_more(const struct vaccel_op_call *call, bool write, size_t i);

/* For op_spec.more: the pair of arguments at @i. */
const struct op_arg *tensor_in_arg(size_t i);
const struct op_arg *tensor_out_arg(size_t i);

/* The first of the pair. */
struct vaccel_arg tensor_desc_arg(struct vaccel_tensor_desc *desc);

/*
 * For op_spec.is_plain: whether the tensor's data at @i are of a type for which @plain. Fractions and
 * bytes, which are pixels, are; wider integers may be used as indices, and strings have lengths in them.
 */
bool tensor_is_plain(const struct vaccel_op_call *call, size_t i, bool (*plain)(uint32_t type));

/* A run of a model in general form: other arguments, then tensors. */
struct tensor_run {
    const struct tensor_family *family;
    const struct vaccel_arg *before; /* read arguments before the inputs */
    size_t nr_before;
    void *const *inputs;
    size_t nr_inputs;
    struct vaccel_arg *status; /* write arguments before the outputs */
    size_t nr_status;
    void **outputs; /* filled */
    size_t nr_outputs;
};

/* Send it to the session's transport. */
int tensor_run_forward(const struct op_call *op, const struct tensor_run *run);

/*
 * For unpack: make tensors of @count pairs of arguments; they borrow the data.
 * Returns EINVAL or ENOMEM; then there are none.
 */
int tensors_from_args(const struct tensor_family *family, const struct vaccel_arg *args,
                      size_t count, void **tensors);

/* Write @count tensors into pairs of arguments, as outputs that are placed or held. */
int tensors_to_args(const struct tensor_family *family, struct vaccel_session *sess,
                    void *const *tensors, size_t count, struct vaccel_arg *args);

/* Free those that are not NULL. */
void tensors_free(const struct tensor_family *family, void **tensors, size_t count);

#endif
