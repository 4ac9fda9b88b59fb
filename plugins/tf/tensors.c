/* SPDX-License-Identifier: Apache-2.0 */
#include "tensors.h"
#include "string_tensors.h"

#include <stdlib.h>
#include <string.h>

enum vaccel_data_type tensor_type(TF_DataType type)
{
    static const enum vaccel_data_type types[] = {
        [TF_FLOAT] = VACCEL_DATA_FLOAT32,
        [TF_DOUBLE] = VACCEL_DATA_FLOAT64,
        [TF_HALF] = VACCEL_DATA_FLOAT16,
        [TF_BFLOAT16] = VACCEL_DATA_BFLOAT16,
        [TF_FLOAT8_E5M2] = VACCEL_DATA_FLOAT8_E5M2,
        [TF_FLOAT8_E4M3FN] = VACCEL_DATA_FLOAT8_E4M3,
        [TF_INT8] = VACCEL_DATA_INT8,
        [TF_INT16] = VACCEL_DATA_INT16,
        [TF_INT32] = VACCEL_DATA_INT32,
        [TF_INT64] = VACCEL_DATA_INT64,
        [TF_UINT8] = VACCEL_DATA_UINT8,
        [TF_UINT16] = VACCEL_DATA_UINT16,
        [TF_UINT32] = VACCEL_DATA_UINT32,
        [TF_UINT64] = VACCEL_DATA_UINT64,
        [TF_QINT8] = VACCEL_DATA_INT8,
        [TF_QINT16] = VACCEL_DATA_INT16,
        [TF_QINT32] = VACCEL_DATA_INT32,
        [TF_QUINT8] = VACCEL_DATA_UINT8,
        [TF_QUINT16] = VACCEL_DATA_UINT16,
        [TF_BOOL] = VACCEL_DATA_BOOL,
        [TF_COMPLEX64] = VACCEL_DATA_COMPLEX64,
        [TF_COMPLEX128] = VACCEL_DATA_COMPLEX128,
        [TF_STRING] = VACCEL_DATA_STRING,
    };

    if ((unsigned)type >= sizeof(types) / sizeof(*types))
        return VACCEL_DATA_UNKNOWN;
    return types[type];
}

/*
 * Integers and truth values are positions and sizes to many operations, which look at them and use them
 * later; a guest that shares the memory could change them in between. Other numbers may change where all
 * operations are BY_ELEMENT.
 */
static bool may_decide(enum vaccel_data_type type)
{
    return type != VACCEL_DATA_UINT8 && type != VACCEL_DATA_INT8 && type >= VACCEL_DATA_INT8 &&
           type <= VACCEL_DATA_BOOL;
}

atomic_int *borrowed_new(void)
{
    atomic_int *borrowed = malloc(sizeof(*borrowed));

    if (borrowed)
        atomic_init(borrowed, 1);
    return borrowed;
}

bool borrowed_leave(atomic_int *borrowed)
{
    if (atomic_fetch_sub(borrowed, 1) > 1)
        return false;
    free(borrowed);
    return true;
}

static void let_go(void *data, size_t size, void *borrowed)
{
    (void)data;
    (void)size;
    borrowed_leave(borrowed);
}

static TF_Tensor *borrow(const struct vaccel_tensor *tensor, TF_DataType type, atomic_int *borrowed)
{
    atomic_fetch_add(borrowed, 1);
    return TF_NewTensor(type, tensor->dims, (int)tensor->nr_dims, tensor->data, tensor->size,
                        let_go, borrowed);
}

int tensor_import(const struct vaccel_tensor *tensor, TF_DataType type, atomic_int *borrowed,
                  TF_Tensor **imported)
{
    if (type == TF_STRING)
        return string_tensor_import(tensor, imported);
    if (borrowed && tensor->size && !may_decide(tensor->data_type)) {
        *imported = borrow(tensor, type, borrowed);
        return *imported ? VACCEL_OK : VACCEL_ENOMEM;
    }
    *imported = TF_AllocateTensor(type, tensor->dims, (int)tensor->nr_dims, tensor->size);
    if (!*imported)
        return VACCEL_ENOMEM;
    if (tensor->size)
        memcpy(TF_TensorData(*imported), tensor->data, tensor->size);
    return VACCEL_OK;
}

int tensor_export(struct vaccel_session *sess, struct vaccel_tensor *tensor,
                  const TF_Tensor *exported)
{
    const enum vaccel_data_type type = tensor_type(TF_TensorType(exported));
    const int nr_dims = TF_NumDims(exported);
    int64_t dims[VACCEL_TENSOR_DIMS_MAX];
    int i;

    if (type == VACCEL_DATA_UNKNOWN || nr_dims > VACCEL_TENSOR_DIMS_MAX) {
        vaccel_error("[tf] an output has TensorFlow's type %d and %d dimensions: not supported",
                     TF_TensorType(exported), nr_dims);
        return VACCEL_EBACKEND;
    }
    for (i = 0; i < nr_dims; i++)
        dims[i] = TF_Dim(exported, i);
    if (type == VACCEL_DATA_STRING)
        return string_tensor_export(sess, tensor, exported, (uint32_t)nr_dims, dims);
    return vaccel_tensor_put(sess, tensor, type, (uint32_t)nr_dims, dims, TF_TensorData(exported),
                             TF_TensorByteSize(exported));
}
