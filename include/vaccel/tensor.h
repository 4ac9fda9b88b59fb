/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_TENSOR_H
#define VACCEL_TENSOR_H

#include "id.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vaccel_session;

enum { VACCEL_TENSOR_DIMS_MAX = 16, VACCEL_TENSOR_DESC_ID = 0x76000001 };

/*
 * What the elements of a tensor are; numbers are fixed for ever. A COMPLEX is two floats, the real part
 * first. FLOAT8_E4M3 is the variant without infinities, of ONNX's FLOAT8E4M3FN. A STRING is any bytes:
 * the data of n strings are n lengths, uint64_t each, and behind them the bytes of one after the other.
 */
enum vaccel_data_type {
    VACCEL_DATA_UNKNOWN = 0, /* in descriptions of models only */
    VACCEL_DATA_FLOAT32 = 1,
    VACCEL_DATA_FLOAT64 = 2,
    VACCEL_DATA_FLOAT16 = 3,
    VACCEL_DATA_BFLOAT16 = 4,
    VACCEL_DATA_FLOAT8_E4M3 = 5,
    VACCEL_DATA_FLOAT8_E5M2 = 6,
    VACCEL_DATA_INT8 = 7,
    VACCEL_DATA_INT16 = 8,
    VACCEL_DATA_INT32 = 9,
    VACCEL_DATA_INT64 = 10,
    VACCEL_DATA_UINT8 = 11,
    VACCEL_DATA_UINT16 = 12,
    VACCEL_DATA_UINT32 = 13,
    VACCEL_DATA_UINT64 = 14,
    VACCEL_DATA_BOOL = 15, /* a byte, 0 or 1 */
    VACCEL_DATA_COMPLEX64 = 16,
    VACCEL_DATA_COMPLEX128 = 17,
    VACCEL_DATA_STRING = 18
};

/* Bytes of an element; 0: they vary (STRING), or there is no such type. */
size_t vaccel_data_type_size(enum vaccel_data_type type);

/* As in "FLOAT32"; "UNKNOWN" for what is none. */
const char *vaccel_data_type_name(enum vaccel_data_type type);

/*
 * A tensor of the model calls. Its elements lie in row-major order without gaps, in the machine's own
 * byte order. The struct and what it points to are the caller's.
 *
 * An input has all fields set but @held, and @size is just what its dimensions need. Those that are not 0,
 * multiplied with each other and the size of an element, stay below 2^63. Of an output the caller sets @name, @data
 * and @size (room of its own, or NULL and 0 to have the output held); the call sets the others, and @size
 * is the whole length then. @held not 0: it waits with the session, as told in output.h, for
 * vaccel_tensor_fetch() or _drop().
 */
struct vaccel_tensor {
    const char *name; /* of the model's input or output; NULL or "": the one at this place */
    enum vaccel_data_type data_type;
    uint32_t nr_dims; /* at most VACCEL_TENSOR_DIMS_MAX; 0: one element */
    int64_t dims[16]; /* elements in each dimension, the slowest first */
    void *data;
    size_t size; /* bytes of the data */
    vaccel_id_t held;
};

/* As vaccel_output_fetch() and vaccel_output_drop(), of an output tensor. */
int vaccel_tensor_fetch(struct vaccel_session *sess, struct vaccel_tensor *tensor);
int vaccel_tensor_drop(struct vaccel_session *sess, struct vaccel_tensor *tensor);

/*
 * For plugins: as vaccel_output_put(), with what the tensor is. @size must be what its dimensions need.
 * @dims  @nr_dims numbers
 * Returns EBACKEND (dimensions and size do not suit each other, more than VACCEL_TENSOR_DIMS_MAX of
 * them, no such type), else as vaccel_output_put(): after ERANGE, put the other outputs all the same.
 */
int vaccel_tensor_put(struct vaccel_session *sess, struct vaccel_tensor *tensor,
                      enum vaccel_data_type type, uint32_t nr_dims, const int64_t *dims,
                      const void *data, size_t size);

/*
 * How a tensor is described in the argument list of vaccel_genop(): by one CUSTOM argument with the
 * number VACCEL_TENSOR_DESC_ID, which is this struct, and one BUFFER argument with its elements.
 */
struct vaccel_tensor_desc {
    vaccel_id_t held;   /* of an output: see output.h; 0 for an input */
    uint64_t size;      /* bytes of the data; of an output that is held: the room it needs */
    uint32_t data_type; /* of the call's: vaccel_data_type, vaccel_tf_data_type, ... */
    uint32_t nr_dims;   /* at most VACCEL_TENSOR_DIMS_MAX */
    int64_t dims[16];   /* elements in each dimension, the slowest first; the rest is 0 */
};

#ifdef __cplusplus
}
#endif

#endif
