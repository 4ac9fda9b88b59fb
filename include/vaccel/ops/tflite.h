/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_OPS_TFLITE_H
#define VACCEL_OPS_TFLITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vaccel_resource;
struct vaccel_session;

/* The types of elements, with TensorFlow Lite's numbers. */
enum vaccel_tflite_data_type {
    VACCEL_TFLITE_NOTYPE = 0,
    VACCEL_TFLITE_FLOAT32 = 1,
    VACCEL_TFLITE_INT32 = 2,
    VACCEL_TFLITE_UINT8 = 3,
    VACCEL_TFLITE_INT64 = 4,
    VACCEL_TFLITE_STRING = 5,
    VACCEL_TFLITE_BOOL = 6,
    VACCEL_TFLITE_INT16 = 7,
    VACCEL_TFLITE_COMPLEX64 = 8,
    VACCEL_TFLITE_INT8 = 9,
    VACCEL_TFLITE_FLOAT16 = 10,
    VACCEL_TFLITE_FLOAT64 = 11,
    VACCEL_TFLITE_COMPLEX128 = 12,
    VACCEL_TFLITE_UINT64 = 13,
    VACCEL_TFLITE_RESOURCE = 14,
    VACCEL_TFLITE_VARIANT = 15,
    VACCEL_TFLITE_UINT32 = 16,
    VACCEL_TFLITE_UINT16 = 17,
    VACCEL_TFLITE_INT4 = 18
};

/*
 * A tensor. Its elements lie in row-major order, in the machine's own byte order. The caller may
 * set the fields itself; then @dims has @nr_dims elements. A tensor is for one thread at a time.
 */
struct vaccel_tflite_tensor {
    void *data;
    size_t size; /* bytes of the data */
    bool owned;  /* the data is freed with the tensor */
    int nr_dims;
    int32_t *dims;
    enum vaccel_tflite_data_type data_type;
};

/*
 * Make a tensor without data.
 * @tensor   struct to fill; end it with vaccel_tflite_tensor_release()
 * @nr_dims  1 to VACCEL_TENSOR_DIMS_MAX
 * @dims     @nr_dims numbers of elements, copied; or NULL: zeros
 * Returns EINVAL (@tensor NULL, bad @nr_dims), ENOMEM.
 */
int vaccel_tflite_tensor_init(struct vaccel_tflite_tensor *tensor, int nr_dims, const int32_t *dims,
                              enum vaccel_tflite_data_type type);

/* Free the dimensions, and the data if owned; the struct is empty then. Returns EINVAL (NULL). */
int vaccel_tflite_tensor_release(struct vaccel_tflite_tensor *tensor);

/* As init, on a struct that the library allocates; end it with delete. Left alone on error. */
int vaccel_tflite_tensor_new(struct vaccel_tflite_tensor **tensor, int nr_dims, const int32_t *dims,
                             enum vaccel_tflite_data_type type);

/* As new, with @total_size zeroed bytes of data, which the tensor owns; none if it is 0. */
int vaccel_tflite_tensor_allocate(struct vaccel_tflite_tensor **tensor, int nr_dims,
                                  const int32_t *dims, enum vaccel_tflite_data_type type,
                                  size_t total_size);

/* As release, and free the struct. Only for tensors allocated by the library or a plugin. */
int vaccel_tflite_tensor_delete(struct vaccel_tflite_tensor *tensor);

/*
 * Point the tensor at @size bytes of the caller's, which must stay valid; or at none: NULL and 0.
 * Data that it owned before is not freed: take it first.
 * Returns EINVAL (@tensor NULL, one of @data and @size without the other).
 */
int vaccel_tflite_tensor_set_data(struct vaccel_tflite_tensor *tensor, void *data, size_t size);

/*
 * Take the data out of the tensor, which has none then: NULL and 0 if there was none. What the
 * tensor owned the caller passes to free(). Returns EINVAL (NULL).
 */
int vaccel_tflite_tensor_take_data(struct vaccel_tflite_tensor *tensor, void **data, size_t *size);

/*
 * Load a model, so that it can be run; and forget it.
 * @model  of type MODEL, registered with @sess
 * Returns EINVAL (NULL, wrong type of resource), EPERM (not registered), ESESS, ENOTSUP, or what
 * the plugin returned. A plugin's function has the same signature.
 */
int vaccel_tflite_model_load(struct vaccel_session *sess, struct vaccel_resource *model);
int vaccel_tflite_model_unload(struct vaccel_session *sess, struct vaccel_resource *model);

/*
 * Run a loaded model.
 * @inputs   @nr_inputs pointers to tensors, at least one
 * @outputs  room for @nr_outputs pointers, at least one; each tensor is the caller's, for
 *           vaccel_tflite_tensor_delete(). All are NULL if the call failed
 * @status   what TensorFlow Lite says, 0 for success; or NULL
 * Returns as load; EINVAL also for a count below 1 and for a tensor whose size does not suit its
 * dimensions.
 */
int vaccel_tflite_model_run(struct vaccel_session *sess, struct vaccel_resource *model,
                            struct vaccel_tflite_tensor *const *inputs, int nr_inputs,
                            struct vaccel_tflite_tensor **outputs, int nr_outputs, uint8_t *status);

#ifdef __cplusplus
}
#endif

#endif
