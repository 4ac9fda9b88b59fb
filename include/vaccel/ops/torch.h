/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_OPS_TORCH_H
#define VACCEL_OPS_TORCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vaccel_resource;
struct vaccel_session;

/* The types of elements: integers of 8 (BYTE without sign), 8, 16, 32 and 64 bits, and floats. */
enum vaccel_torch_data_type {
    VACCEL_TORCH_BYTE = 1,
    VACCEL_TORCH_CHAR = 2,
    VACCEL_TORCH_SHORT = 3,
    VACCEL_TORCH_INT = 4,
    VACCEL_TORCH_LONG = 5,
    VACCEL_TORCH_HALF = 6,
    VACCEL_TORCH_FLOAT = 7
};

/* Run options, in the plugin's own form. */
struct vaccel_torch_buffer {
    char *data;
    size_t size;
};

/*
 * A tensor. Its elements lie in row-major order, in the machine's own byte order. The caller may
 * set the fields itself; then @dims has @nr_dims elements. A tensor is for one thread at a time.
 */
struct vaccel_torch_tensor {
    void *data;
    size_t size; /* bytes of the data */
    bool owned;  /* the data is freed with the tensor */
    int64_t nr_dims;
    int64_t *dims;
    enum vaccel_torch_data_type data_type;
};

/*
 * Make a buffer of @size bytes of malloc(), which it owns from now on; or an empty one: NULL and 0.
 * On error they stay the caller's. Returns EINVAL (@buffer NULL, one of @data and @size without
 * the other).
 */
int vaccel_torch_buffer_init(struct vaccel_torch_buffer *buffer, char *data, size_t size);

/* Free the data; the struct is empty then. Returns EINVAL (NULL). */
int vaccel_torch_buffer_release(struct vaccel_torch_buffer *buffer);

/* As init, on a struct that the library allocates; end it with delete. Also returns ENOMEM. */
int vaccel_torch_buffer_new(struct vaccel_torch_buffer **buffer, char *data, size_t size);

/* As release, and free the struct. Only for buffers of vaccel_torch_buffer_new(). */
int vaccel_torch_buffer_delete(struct vaccel_torch_buffer *buffer);

/* Take the data out of the buffer; the caller passes it to free(). Returns EINVAL (NULL). */
int vaccel_torch_buffer_take_data(struct vaccel_torch_buffer *buffer, void **data, size_t *size);

/*
 * Make a tensor without data.
 * @tensor   struct to fill; end it with vaccel_torch_tensor_release()
 * @nr_dims  1 to VACCEL_TENSOR_DIMS_MAX
 * @dims     @nr_dims numbers of elements, copied; or NULL: zeros
 * Returns EINVAL (@tensor NULL, bad @nr_dims), ENOMEM.
 */
int vaccel_torch_tensor_init(struct vaccel_torch_tensor *tensor, int64_t nr_dims,
                             const int64_t *dims, enum vaccel_torch_data_type type);

/* Free the dimensions, and the data if owned; the struct is empty then. Returns EINVAL (NULL). */
int vaccel_torch_tensor_release(struct vaccel_torch_tensor *tensor);

/* As init, on a struct that the library allocates; end it with delete. Left alone on error. */
int vaccel_torch_tensor_new(struct vaccel_torch_tensor **tensor, int64_t nr_dims,
                            const int64_t *dims, enum vaccel_torch_data_type type);

/* As new, with @total_size zeroed bytes of data, which the tensor owns; none if it is 0. */
int vaccel_torch_tensor_allocate(struct vaccel_torch_tensor **tensor, int64_t nr_dims,
                                 const int64_t *dims, enum vaccel_torch_data_type type,
                                 size_t total_size);

/* As release, and free the struct. Only for tensors allocated by the library or a plugin. */
int vaccel_torch_tensor_delete(struct vaccel_torch_tensor *tensor);

/*
 * Point the tensor at @size bytes of the caller's, which must stay valid; or at none: NULL and 0.
 * Data that it owned before is not freed: take it first.
 * Returns EINVAL (@tensor NULL, one of @data and @size without the other).
 */
int vaccel_torch_tensor_set_data(struct vaccel_torch_tensor *tensor, void *data, size_t size);

/*
 * Take the data out of the tensor, which has none then: NULL and 0 if there was none. What the
 * tensor owned the caller passes to free(). Returns EINVAL (NULL).
 */
int vaccel_torch_tensor_take_data(struct vaccel_torch_tensor *tensor, void **data, size_t *size);

/*
 * Load a model, so that it can be run. It is forgotten when it is unregistered.
 * @model  of type MODEL, registered with @sess
 * Returns EINVAL (NULL, wrong type of resource), EPERM (not registered), ESESS, ENOTSUP, or what
 * the plugin returned. A plugin's function has the same signature.
 */
int vaccel_torch_model_load(struct vaccel_session *sess, struct vaccel_resource *model);

/*
 * Run a loaded model.
 * @run_options  or NULL
 * @inputs       @nr_inputs pointers to tensors, at least one
 * @outputs      room for @nr_outputs pointers, at least one; each tensor is the caller's, for
 *               vaccel_torch_tensor_delete(). All are NULL if the call failed
 * Returns as load; EINVAL also for a count below 1 and for a tensor whose size does not suit its
 * dimensions.
 */
int vaccel_torch_model_run(struct vaccel_session *sess, struct vaccel_resource *model,
                           const struct vaccel_torch_buffer *run_options,
                           struct vaccel_torch_tensor *const *inputs, int nr_inputs,
                           struct vaccel_torch_tensor **outputs, int nr_outputs);

#ifdef __cplusplus
}
#endif

#endif
