/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_OP_H
#define VACCEL_OP_H

#include "arg.h"
#include "utils/enum.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vaccel_plugin;
struct vaccel_session;

/* The operations. Numbers are fixed for ever; they are what travels to another machine. */
#define VACCEL_OP_TYPE_ENUM_LIST(ITEM) \
    ITEM(NOOP, 0, VACCEL_OP) \
    ITEM(EXEC, 1, VACCEL_OP) \
    ITEM(EXEC_WITH_RESOURCE, 2, VACCEL_OP) \
    ITEM(IMAGE_CLASSIFY, 3, VACCEL_OP) \
    ITEM(IMAGE_DETECT, 4, VACCEL_OP) \
    ITEM(IMAGE_SEGMENT, 5, VACCEL_OP) \
    ITEM(IMAGE_POSE, 6, VACCEL_OP) \
    ITEM(IMAGE_DEPTH, 7, VACCEL_OP) \
    ITEM(TF_MODEL_LOAD, 8, VACCEL_OP) \
    ITEM(TF_MODEL_UNLOAD, 9, VACCEL_OP) \
    ITEM(TF_MODEL_RUN, 10, VACCEL_OP) \
    ITEM(TFLITE_MODEL_LOAD, 11, VACCEL_OP) \
    ITEM(TFLITE_MODEL_UNLOAD, 12, VACCEL_OP) \
    ITEM(TFLITE_MODEL_RUN, 13, VACCEL_OP) \
    ITEM(TORCH_MODEL_LOAD, 14, VACCEL_OP) \
    ITEM(TORCH_MODEL_RUN, 15, VACCEL_OP) \
    ITEM(TORCH_SGEMM, 16, VACCEL_OP) \
    ITEM(BLAS_SGEMM, 17, VACCEL_OP) \
    ITEM(FPGA_ARRAYCOPY, 18, VACCEL_OP) \
    ITEM(FPGA_MMULT, 19, VACCEL_OP) \
    ITEM(FPGA_PARALLEL, 20, VACCEL_OP) \
    ITEM(FPGA_VECTORADD, 21, VACCEL_OP) \
    ITEM(MINMAX, 22, VACCEL_OP) \
    ITEM(OPENCV, 23, VACCEL_OP) \
    ITEM(VISION_CLASSIFY, 24, VACCEL_OP) \
    ITEM(VISION_DETECT, 25, VACCEL_OP) \
    ITEM(VISION_SEGMENT, 26, VACCEL_OP) \
    ITEM(VISION_POSE, 27, VACCEL_OP) \
    ITEM(VISION_DEPTH, 28, VACCEL_OP) \
    ITEM(MODEL_LOAD, 29, VACCEL_OP) \
    ITEM(MODEL_UNLOAD, 30, VACCEL_OP) \
    ITEM(MODEL_INFO, 31, VACCEL_OP) \
    ITEM(MODEL_RUN, 32, VACCEL_OP)

VACCEL_ENUM_DEF_WITH_STR_FUNCS(vaccel_op_type, VACCEL_OP, VACCEL_OP_TYPE_ENUM_LIST)

/* The lower-case name of an operation ("blas_sgemm"), as vaccel_op_type_name(). */
static inline char *vaccel_op_type_to_lower(vaccel_op_type_t op_type, char *lower, size_t size)
{
    return vaccel_op_type_name(op_type, lower, size);
}

/* An implementation of an operation; @func has the signature that the operation's header gives. */
struct vaccel_op {
    vaccel_op_type_t type;
    void *func;
    struct vaccel_plugin *owner;
};

/* An operation outside the list above, known by its name alone. */
typedef int (*vaccel_named_op_fn)(struct vaccel_session *sess, struct vaccel_arg *read,
                                  size_t nr_read, struct vaccel_arg *write, size_t nr_write);

struct vaccel_named_op {
    const char *name; /* 1 to 63 characters of a-z, 0-9, '_', '.', '-' */
    vaccel_named_op_fn func;
    struct vaccel_plugin *owner;
};

/*
 * Call an operation by its name: one that a plugin brought, or one of the list above in lower case
 * ("blas_sgemm"), whose arguments are then those of vaccel_genop() without the first.
 * @read   @nr_read arguments that go in; a plugin in this process may change their contents
 * @write  @nr_write arguments that come out; their buffers are the caller's
 * Returns EINVAL (NULL, or arguments that the operation does not take), ESESS (released session),
 * ENOTSUP (no plugin of this session knows the name), or what the plugin returned.
 */
int vaccel_call(struct vaccel_session *sess, const char *name, struct vaccel_arg *read,
                size_t nr_read, struct vaccel_arg *write, size_t nr_write);

/* What a session can do, and which plugin does it. */
struct vaccel_op_info {
    char name[64];
    char plugin[64];
};

/*
 * List the operations of a session, sorted by name.
 * @ops     room for *@nr_ops elements, or NULL
 * @nr_ops  in: how many fit; out: how many there are
 * Returns EINVAL (NULL), ESESS (released session), ERANGE (did not fit: *@nr_ops is what is
 * needed).
 */
int vaccel_op_list(struct vaccel_session *sess, struct vaccel_op_info *ops, size_t *nr_ops);

#ifdef __cplusplus
}
#endif

#endif
