/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_OPS_TF_H
#define VACCEL_OPS_TF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vaccel_resource;
struct vaccel_session;

/* The types of elements, with TensorFlow's numbers. */
enum vaccel_tf_data_type {
    VACCEL_TF_FLOAT = 1,
    VACCEL_TF_DOUBLE = 2,
    VACCEL_TF_INT32 = 3,
    VACCEL_TF_UINT8 = 4,
    VACCEL_TF_INT16 = 5,
    VACCEL_TF_INT8 = 6,
    VACCEL_TF_STRING = 7,
    VACCEL_TF_COMPLEX64 = 8,
    VACCEL_TF_COMPLEX = 8, /* old name */
    VACCEL_TF_INT64 = 9,
    VACCEL_TF_BOOL = 10,
    VACCEL_TF_QINT8 = 11,
    VACCEL_TF_QUINT8 = 12,
    VACCEL_TF_QINT32 = 13,
    VACCEL_TF_BFLOAT16 = 14,
    VACCEL_TF_QINT16 = 15,
    VACCEL_TF_QUINT16 = 16,
    VACCEL_TF_UINT16 = 17,
    VACCEL_TF_COMPLEX128 = 18,
    VACCEL_TF_HALF = 19,
    VACCEL_TF_RESOURCE = 20,
    VACCEL_TF_VARIANT = 21,
    VACCEL_TF_UINT32 = 22,
    VACCEL_TF_UINT64 = 23
};

/* A serialised protocol buffer, such as run options. */
struct vaccel_tf_buffer {
    void *data;
    size_t size;
};

/* Names an input or an output of a graph. */
struct vaccel_tf_node {
    char *name;
    int id; /* which of the node's outputs, from 0 */
};

/*
 * A tensor. Its elements lie in row-major order, in the machine's own byte order. The caller may
 * set the fields itself; then @dims has @nr_dims elements. A tensor is for one thread at a time.
 */
struct vaccel_tf_tensor {
    void *data;
    size_t size; /* bytes of the data */
    bool owned;  /* the data is freed with the tensor */
    int nr_dims;
    int64_t *dims;
    enum vaccel_tf_data_type data_type;
};

/* What TensorFlow says of a call, beside the call's own return value. */
struct vaccel_tf_status {
    uint8_t code; /* 0 is success */
    char *message;
};

/*
 * Make a buffer of @size bytes of malloc(), which it owns from now on; or an empty one: NULL and 0.
 * On error they stay the caller's. Returns EINVAL (@buffer NULL, one of @data and @size without
 * the other).
 */
int vaccel_tf_buffer_init(struct vaccel_tf_buffer *buffer, void *data, size_t size);

/* Free the data; the struct is empty then. Returns EINVAL (NULL). */
int vaccel_tf_buffer_release(struct vaccel_tf_buffer *buffer);

/* As init, on a struct that the library allocates; end it with delete. Also returns ENOMEM. */
int vaccel_tf_buffer_new(struct vaccel_tf_buffer **buffer, void *data, size_t size);

/* As release, and free the struct. Only for buffers of vaccel_tf_buffer_new(). */
int vaccel_tf_buffer_delete(struct vaccel_tf_buffer *buffer);

/* Take the data out of the buffer; the caller passes it to free(). Returns EINVAL (NULL). */
int vaccel_tf_buffer_take_data(struct vaccel_tf_buffer *buffer, void **data, size_t *size);

/* Make a node; @name is copied. Returns EINVAL (NULL), ENOMEM. */
int vaccel_tf_node_init(struct vaccel_tf_node *node, const char *name, int id);

/* Free the name; the struct is empty then. Returns EINVAL (NULL). */
int vaccel_tf_node_release(struct vaccel_tf_node *node);

/* As init, on a struct that the library allocates; end it with delete. */
int vaccel_tf_node_new(struct vaccel_tf_node **node, const char *name, int id);

/* As release, and free the struct. Only for nodes of vaccel_tf_node_new(). */
int vaccel_tf_node_delete(struct vaccel_tf_node *node);

/*
 * Make a tensor without data.
 * @tensor   struct to fill; end it with vaccel_tf_tensor_release()
 * @nr_dims  1 to VACCEL_TENSOR_DIMS_MAX
 * @dims     @nr_dims numbers of elements, copied; or NULL: zeros
 * Returns EINVAL (@tensor NULL, bad @nr_dims), ENOMEM.
 */
int vaccel_tf_tensor_init(struct vaccel_tf_tensor *tensor, int nr_dims, const int64_t *dims,
                          enum vaccel_tf_data_type type);

/* Free the dimensions, and the data if owned; the struct is empty then. Returns EINVAL (NULL). */
int vaccel_tf_tensor_release(struct vaccel_tf_tensor *tensor);

/* As init, on a struct that the library allocates; end it with delete. Left alone on error. */
int vaccel_tf_tensor_new(struct vaccel_tf_tensor **tensor, int nr_dims, const int64_t *dims,
                         enum vaccel_tf_data_type type);

/* As new, with @total_size zeroed bytes of data, which the tensor owns; none if it is 0. */
int vaccel_tf_tensor_allocate(struct vaccel_tf_tensor **tensor, int nr_dims, const int64_t *dims,
                              enum vaccel_tf_data_type type, size_t total_size);

/* As release, and free the struct. Only for tensors allocated by the library or a plugin. */
int vaccel_tf_tensor_delete(struct vaccel_tf_tensor *tensor);

/*
 * Point the tensor at @size bytes of the caller's, which must stay valid; or at none: NULL and 0.
 * Data that it owned before is not freed: take it first.
 * Returns EINVAL (@tensor NULL, one of @data and @size without the other).
 */
int vaccel_tf_tensor_set_data(struct vaccel_tf_tensor *tensor, void *data, size_t size);

/*
 * Take the data out of the tensor, which has none then: NULL and 0 if there was none. What the
 * tensor owned the caller passes to free(). Returns EINVAL (NULL).
 */
int vaccel_tf_tensor_take_data(struct vaccel_tf_tensor *tensor, void **data, size_t *size);

/* Make a status; @message is copied. Returns EINVAL (NULL), ENOMEM. */
int vaccel_tf_status_init(struct vaccel_tf_status *status, uint8_t code, const char *message);

/* Free the message; the struct is empty then. Returns EINVAL (NULL). */
int vaccel_tf_status_release(struct vaccel_tf_status *status);

/* As init, on a struct that the library allocates; end it with delete. */
int vaccel_tf_status_new(struct vaccel_tf_status **status, uint8_t code, const char *message);

/* As release, and free the struct. Only for statuses of vaccel_tf_status_new(). */
int vaccel_tf_status_delete(struct vaccel_tf_status *status);

/*
 * Load a model, so that it can be run; and forget it.
 * @model   of type MODEL, registered with @sess
 * @status  what TensorFlow says, or NULL. It is overwritten, not released: end it with
 *          vaccel_tf_status_release() after each call
 * Returns EINVAL (NULL, wrong type of resource), EPERM (not registered), ESESS, ENOTSUP, or what
 * the plugin returned. A plugin's function has the same signature.
 */
int vaccel_tf_model_load(struct vaccel_session *sess, struct vaccel_resource *model,
                         struct vaccel_tf_status *status);
int vaccel_tf_model_unload(struct vaccel_session *sess, struct vaccel_resource *model,
                           struct vaccel_tf_status *status);

/*
 * Run a loaded model.
 * @run_options  or NULL
 * @in_nodes     the names of the @nr_inputs inputs, at least one
 * @in_tensors   as many pointers to tensors
 * @out_nodes    the names of the @nr_outputs outputs, at least one
 * @out_tensors  room for as many pointers; each tensor is the caller's, for
 *               vaccel_tf_tensor_delete(). All are NULL if the call failed
 * @status       as for load
 * Returns as load; EINVAL also for a count below 1 and for a tensor whose size does not suit its
 * dimensions.
 */
int vaccel_tf_model_run(struct vaccel_session *sess, struct vaccel_resource *model,
                        const struct vaccel_tf_buffer *run_options,
                        const struct vaccel_tf_node *in_nodes,
                        struct vaccel_tf_tensor *const *in_tensors, int nr_inputs,
                        const struct vaccel_tf_node *out_nodes,
                        struct vaccel_tf_tensor **out_tensors, int nr_outputs,
                        struct vaccel_tf_status *status);

#ifdef __cplusplus
}
#endif

#endif
