/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arg.h"
#include "core/arg_array.h"
#include "platform/checked.h"
#include "platform/text.h"
#include "vaccel/error.h"
#include "vaccel/log.h"

static int refuse_null(vaccel_arg_type_t type)
{
    vaccel_error("an argument of type %s is read or written through a pointer, not NULL",
                 vaccel_arg_type_to_base_str(type));
    return VACCEL_EINVAL;
}

static int refuse_size(vaccel_arg_type_t type, size_t size)
{
    vaccel_error("an argument of type %s cannot have %zu bytes, or has no memory",
                 vaccel_arg_type_to_base_str(type), size);
    return VACCEL_EINVAL;
}

/* A bool that is neither 0 nor 1 must be looked at as a byte: as a bool it is undefined. */
static int check_values(vaccel_arg_type_t type, const void *values, size_t size)
{
    const unsigned char *bytes = values;
    size_t i;

    if (type != VACCEL_ARG_BOOL && type != VACCEL_ARG_BOOL_ARRAY)
        return VACCEL_OK;
    for (i = 0; i < size; i++) {
        if (bytes[i] > 1) {
            vaccel_error("element %zu of a %s is %u, must be 0 or 1", i,
                         vaccel_arg_type_to_base_str(type), bytes[i]);
            return VACCEL_EINVAL;
        }
    }
    return VACCEL_OK;
}

/* What the caller wants to add or set. */
static int check_given(vaccel_arg_type_t type, const void *values, size_t nr_elements, size_t *size)
{
    if (!values)
        return refuse_null(type);
    if (!nr_elements || !size_mul(nr_elements, arg_element_size(type), size)) {
        vaccel_error("a %s cannot have %zu elements", vaccel_arg_type_to_base_str(type),
                     nr_elements);
        return VACCEL_EINVAL;
    }
    return check_values(type, values, *size);
}

static int numeric_add(struct vaccel_arg_array *arg_array, vaccel_arg_type_t type, void *values,
                       size_t nr_elements)
{
    size_t size;
    int ret = check_given(type, values, nr_elements, &size);

    if (ret != VACCEL_OK)
        return ret;
    return arg_array_append(arg_array,
                            (struct vaccel_arg){.buf = values, .size = size, .type = type});
}

/* The argument at the position, with contents that suit its type. */
static int numeric_at(const struct vaccel_arg_array *arg_array, vaccel_arg_type_t type,
                      struct vaccel_arg **arg)
{
    int ret = arg_array_at(arg_array, type, arg);

    if (ret != VACCEL_OK)
        return ret;
    if (!(*arg)->size || !arg_valid(*arg))
        return refuse_size(type, (*arg)->size);
    return check_values(type, (*arg)->buf, (*arg)->size);
}

static int numeric_get(struct vaccel_arg_array *arg_array, vaccel_arg_type_t type, void *value)
{
    struct vaccel_arg *arg;
    int ret = value ? numeric_at(arg_array, type, &arg) : refuse_null(type);

    if (ret != VACCEL_OK)
        return ret;
    memcpy(value, arg->buf, arg->size);
    arg_array->position++;
    return VACCEL_OK;
}

static int numeric_get_array(struct vaccel_arg_array *arg_array, vaccel_arg_type_t type,
                             void **values, size_t *nr_elements)
{
    struct vaccel_arg *arg;
    int ret = values ? numeric_at(arg_array, type, &arg) : refuse_null(type);

    if (ret != VACCEL_OK)
        return ret;
    *values = arg->buf;
    if (nr_elements)
        *nr_elements = arg->size / arg_element_size(type);
    arg_array->position++;
    return VACCEL_OK;
}

/* The old contents do not matter, thus are not looked at. */
static int numeric_set(struct vaccel_arg_array *arg_array, vaccel_arg_type_t type,
                       const void *values, size_t nr_elements)
{
    struct vaccel_arg *arg;
    size_t size;
    int ret = check_given(type, values, nr_elements, &size);

    if (ret == VACCEL_OK)
        ret = arg_array_at(arg_array, type, &arg);
    if (ret != VACCEL_OK)
        return ret;
    if (!arg_valid(arg) || size > arg->size) {
        vaccel_error("argument %zu has %zu bytes, into which %zu do not go", arg_array->position,
                     arg->size, size);
        return VACCEL_EINVAL;
    }
    memmove(arg->buf, values, size);
    arg_array->position++;
    return VACCEL_OK;
}

#define DEFINE_ADD(name, c_type, scalar, array) \
    int vaccel_arg_array_add_##name(struct vaccel_arg_array *arg_array, c_type *value) \
    { \
        return numeric_add(arg_array, scalar, value, 1); \
    } \
    int vaccel_arg_array_add_##name##_array(struct vaccel_arg_array *arg_array, c_type *values, \
                                            size_t nr_elements) \
    { \
        return numeric_add(arg_array, array, values, nr_elements); \
    }

#define DEFINE_GET(name, c_type, scalar, array) \
    int vaccel_arg_array_get_##name(struct vaccel_arg_array *arg_array, c_type *value) \
    { \
        return numeric_get(arg_array, scalar, value); \
    } \
    int vaccel_arg_array_get_##name##_array(struct vaccel_arg_array *arg_array, c_type **values, \
                                            size_t *nr_elements) \
    { \
        void *found; \
        int ret = numeric_get_array(arg_array, array, values ? &found : NULL, nr_elements); \
\
        if (ret == VACCEL_OK) \
            *values = found; \
        return ret; \
    }

#define DEFINE_SET(name, c_type, scalar, array) \
    int vaccel_arg_array_set_##name(struct vaccel_arg_array *arg_array, c_type *value) \
    { \
        return numeric_set(arg_array, scalar, value, 1); \
    } \
    int vaccel_arg_array_set_##name##_array(struct vaccel_arg_array *arg_array, c_type *values, \
                                            size_t nr_elements) \
    { \
        return numeric_set(arg_array, array, values, nr_elements); \
    }

VACCEL_ARG_NUMERIC_TYPES(DEFINE_ADD)
VACCEL_ARG_NUMERIC_TYPES(DEFINE_GET)
VACCEL_ARG_NUMERIC_TYPES(DEFINE_SET)
