/* SPDX-License-Identifier: Apache-2.0 */
#include "types.h"

enum vaccel_data_type type_of_element(ov_element_type_e element)
{
    switch (element) {
    case BOOLEAN:
        return VACCEL_DATA_BOOL;
    case BF16:
        return VACCEL_DATA_BFLOAT16;
    case F16:
        return VACCEL_DATA_FLOAT16;
    case F32:
        return VACCEL_DATA_FLOAT32;
    case F64:
        return VACCEL_DATA_FLOAT64;
    case I8:
        return VACCEL_DATA_INT8;
    case I16:
        return VACCEL_DATA_INT16;
    case I32:
        return VACCEL_DATA_INT32;
    case I64:
        return VACCEL_DATA_INT64;
    case U8:
        return VACCEL_DATA_UINT8;
    case U16:
        return VACCEL_DATA_UINT16;
    case U32:
        return VACCEL_DATA_UINT32;
    case U64:
        return VACCEL_DATA_UINT64;
    case F8E4M3:
        return VACCEL_DATA_FLOAT8_E4M3;
    case F8E5M3: /* so spelt in its header, which says that it is E5M2 */
        return VACCEL_DATA_FLOAT8_E5M2;
    case STRING:
        return VACCEL_DATA_STRING;
    default:
        return VACCEL_DATA_UNKNOWN;
    }
}

bool type_is_in_place(enum vaccel_data_type type)
{
    switch (type) {
    case VACCEL_DATA_FLOAT32:
    case VACCEL_DATA_FLOAT64:
    case VACCEL_DATA_FLOAT16:
    case VACCEL_DATA_BFLOAT16:
    case VACCEL_DATA_FLOAT8_E4M3:
    case VACCEL_DATA_FLOAT8_E5M2:
        return true;
    default:
        return false;
    }
}
