/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arg.h"
#include "core/arg_array.h"
#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel/error.h"
#include "vaccel/log.h"

/* The types that have no elements, and those that come by way of a function. */

static int refuse_null(vaccel_arg_type_t type)
{
    vaccel_error("an argument of type %s is read or written through pointers, not NULL",
                 vaccel_arg_type_to_base_str(type));
    return VACCEL_EINVAL;
}

static int refuse_empty(vaccel_arg_type_t type, const void *buf, size_t size)
{
    vaccel_error("an argument of type %s at %p has %zu bytes: it needs memory and a size",
                 vaccel_arg_type_to_base_str(type), buf, size);
    return VACCEL_EINVAL;
}

static int add(struct vaccel_arg_array *arg_array, vaccel_arg_type_t type, uint32_t custom_type_id,
               void *buf, size_t size)
{
    return arg_array_append(
        arg_array, (struct vaccel_arg){
                       .buf = buf, .size = size, .type = type, .custom_type_id = custom_type_id});
}

/* The argument at the position, which has memory to read or to write. */
static int memory_at(const struct vaccel_arg_array *arg_array, vaccel_arg_type_t type,
                     struct vaccel_arg **arg)
{
    int ret = arg_array_at(arg_array, type, arg);

    if (ret == VACCEL_OK && (!(*arg)->buf || !(*arg)->size))
        return refuse_empty(type, (*arg)->buf, (*arg)->size);
    return ret;
}

static int set(struct vaccel_arg_array *arg_array, vaccel_arg_type_t type, const void *buf,
               size_t size)
{
    struct vaccel_arg *arg;
    int ret = memory_at(arg_array, type, &arg);

    if (ret != VACCEL_OK)
        return ret;
    if (size > arg->size) {
        vaccel_error("argument %zu has %zu bytes, into which %zu do not go", arg_array->position,
                     arg->size, size);
        return VACCEL_EINVAL;
    }
    memmove(arg->buf, buf, size);
    arg_array->position++;
    return VACCEL_OK;
}

int vaccel_arg_array_add_raw(struct vaccel_arg_array *arg_array, void *buf, size_t size)
{
    if (!buf != !size)
        return refuse_empty(VACCEL_ARG_RAW, buf, size);
    return add(arg_array, VACCEL_ARG_RAW, 0, buf, size);
}

int vaccel_arg_array_get_raw(struct vaccel_arg_array *arg_array, void **buf, size_t *size)
{
    struct vaccel_arg *arg;
    int ret;

    if (!buf || !size)
        return refuse_null(VACCEL_ARG_RAW);
    ret = arg_array_at(arg_array, VACCEL_ARG_RAW, &arg);
    if (ret != VACCEL_OK)
        return ret;
    if (!arg_valid(arg))
        return refuse_empty(VACCEL_ARG_RAW, arg->buf, arg->size);
    *buf = arg->buf;
    *size = arg->size;
    arg_array->position++;
    return VACCEL_OK;
}

int vaccel_arg_array_set_raw(struct vaccel_arg_array *arg_array, void *buf, size_t size)
{
    if (!buf || !size)
        return refuse_empty(VACCEL_ARG_RAW, buf, size);
    return set(arg_array, VACCEL_ARG_RAW, buf, size);
}

int vaccel_arg_array_add_string(struct vaccel_arg_array *arg_array, char *str)
{
    if (!str)
        return refuse_null(VACCEL_ARG_STRING);
    return add(arg_array, VACCEL_ARG_STRING, 0, str, text_length(str) + 1);
}

int vaccel_arg_array_get_string(struct vaccel_arg_array *arg_array, char **str)
{
    struct vaccel_arg *arg;
    int ret = str ? memory_at(arg_array, VACCEL_ARG_STRING, &arg) : refuse_null(VACCEL_ARG_STRING);

    if (ret != VACCEL_OK)
        return ret;
    if (!arg_string_ends(arg->buf, arg->size)) {
        vaccel_error("the string of argument %zu has no NUL within its %zu bytes",
                     arg_array->position, arg->size);
        return VACCEL_EINVAL;
    }
    *str = arg->buf;
    arg_array->position++;
    return VACCEL_OK;
}

int vaccel_arg_array_set_string(struct vaccel_arg_array *arg_array, char *str)
{
    if (!str)
        return refuse_null(VACCEL_ARG_STRING);
    return set(arg_array, VACCEL_ARG_STRING, str, text_length(str) + 1);
}

int vaccel_arg_array_add_buffer(struct vaccel_arg_array *arg_array, void *buf, size_t size)
{
    if (!buf || !size)
        return refuse_empty(VACCEL_ARG_BUFFER, buf, size);
    return add(arg_array, VACCEL_ARG_BUFFER, 0, buf, size);
}

int vaccel_arg_array_get_buffer(struct vaccel_arg_array *arg_array, void **buf, size_t *size)
{
    struct vaccel_arg *arg;
    int ret;

    if (!buf || !size)
        return refuse_null(VACCEL_ARG_BUFFER);
    ret = memory_at(arg_array, VACCEL_ARG_BUFFER, &arg);
    if (ret != VACCEL_OK)
        return ret;
    *buf = arg->buf;
    *size = arg->size;
    arg_array->position++;
    return VACCEL_OK;
}

int vaccel_arg_array_set_buffer(struct vaccel_arg_array *arg_array, void *buf, size_t size)
{
    if (!buf || !size)
        return refuse_empty(VACCEL_ARG_BUFFER, buf, size);
    return set(arg_array, VACCEL_ARG_BUFFER, buf, size);
}

static int validate(const void *buf, size_t size, uint32_t custom_type_id,
                    vaccel_arg_type_validator_fn validator)
{
    if (!buf || !size)
        return refuse_empty(VACCEL_ARG_CUSTOM, buf, size);
    if (!validator || validator(buf, size, custom_type_id))
        return VACCEL_OK;
    vaccel_error("%zu bytes are no valid value of the custom type %u", size, custom_type_id);
    return VACCEL_EINVAL;
}

/* The argument at the position; if it is CUSTOM, of the layout @custom_type_id. */
static int layout_at(const struct vaccel_arg_array *arg_array, vaccel_arg_type_t type,
                     uint32_t custom_type_id, struct vaccel_arg **arg)
{
    int ret = memory_at(arg_array, type, arg);

    if (ret != VACCEL_OK || type != VACCEL_ARG_CUSTOM || (*arg)->custom_type_id == custom_type_id)
        return ret;
    vaccel_error("argument %zu is of the custom type %u, not %u", arg_array->position,
                 (*arg)->custom_type_id, custom_type_id);
    return VACCEL_EINVAL;
}

static int set_exactly(struct vaccel_arg_array *arg_array, struct vaccel_arg *arg, const void *buf,
                       size_t size)
{
    if (size != arg->size) {
        vaccel_error("argument %zu has %zu bytes, %zu are given", arg_array->position, arg->size,
                     size);
        return VACCEL_EINVAL;
    }
    memmove(arg->buf, buf, size);
    arg_array->position++;
    return VACCEL_OK;
}

int vaccel_arg_array_add_custom(struct vaccel_arg_array *arg_array, uint32_t custom_type_id,
                                void *buf, size_t size, vaccel_arg_type_validator_fn validator)
{
    int ret = validate(buf, size, custom_type_id, validator);

    return ret == VACCEL_OK ? add(arg_array, VACCEL_ARG_CUSTOM, custom_type_id, buf, size) : ret;
}

int vaccel_arg_array_get_custom(struct vaccel_arg_array *arg_array, uint32_t custom_type_id,
                                void **buf, size_t *size, vaccel_arg_type_validator_fn validator)
{
    struct vaccel_arg *arg;
    int ret;

    if (!buf)
        return refuse_null(VACCEL_ARG_CUSTOM);
    ret = layout_at(arg_array, VACCEL_ARG_CUSTOM, custom_type_id, &arg);
    if (ret == VACCEL_OK)
        ret = validate(arg->buf, arg->size, custom_type_id, validator);
    if (ret != VACCEL_OK)
        return ret;
    *buf = arg->buf;
    if (size)
        *size = arg->size;
    arg_array->position++;
    return VACCEL_OK;
}

int vaccel_arg_array_set_custom(struct vaccel_arg_array *arg_array, uint32_t custom_type_id,
                                void *buf, size_t size, vaccel_arg_type_validator_fn validator)
{
    struct vaccel_arg *arg;
    int ret = validate(buf, size, custom_type_id, validator);

    if (ret == VACCEL_OK)
        ret = layout_at(arg_array, VACCEL_ARG_CUSTOM, custom_type_id, &arg);
    return ret == VACCEL_OK ? set_exactly(arg_array, arg, buf, size) : ret;
}

/* On success @made owns its bytes, of which there is at least one. */
static int serialize(struct vaccel_arg *made, const void *data, size_t data_size,
                     uint32_t custom_type_id, vaccel_arg_serializer_fn serializer)
{
    int ret;

    made->buf = NULL;
    made->size = 0;
    ret = serializer(data, data_size, custom_type_id, &made->buf, &made->size);
    if (ret != VACCEL_OK) {
        vaccel_error("the serialiser of an argument failed with %d", ret);
        return ret;
    }
    if (!made->buf || !made->size || !arg_valid(made)) {
        vaccel_error("the serialiser made %zu bytes at %p, which is no %s", made->size, made->buf,
                     vaccel_arg_type_to_base_str(made->type));
        platform_free(made->buf);
        return VACCEL_EINVAL;
    }
    return VACCEL_OK;
}

int vaccel_arg_array_add_serialized(struct vaccel_arg_array *arg_array, vaccel_arg_type_t type,
                                    uint32_t custom_type_id, const void *data, size_t data_size,
                                    vaccel_arg_serializer_fn serializer)
{
    struct vaccel_arg made = {.type = type, .custom_type_id = custom_type_id, .owned = true};
    int ret;

    if (!data || !serializer)
        return refuse_null(type);
    ret = arg_array_reserve(arg_array, 1);
    if (ret == VACCEL_OK)
        ret = serialize(&made, data, data_size, custom_type_id, serializer);
    return ret == VACCEL_OK ? arg_array_append(arg_array, made) : ret;
}

int vaccel_arg_array_get_serialized(struct vaccel_arg_array *arg_array, vaccel_arg_type_t type,
                                    uint32_t custom_type_id, void *data, size_t expected_size,
                                    vaccel_arg_deserializer_fn deserializer)
{
    uint32_t layout = type == VACCEL_ARG_CUSTOM ? custom_type_id : 0;
    struct vaccel_arg *arg;
    int ret;

    if (!data || !deserializer)
        return refuse_null(type);
    ret = layout_at(arg_array, type, custom_type_id, &arg);
    if (ret != VACCEL_OK)
        return ret;
    ret = deserializer(arg->buf, arg->size, layout, expected_size, data);
    if (ret == VACCEL_OK)
        arg_array->position++;
    else
        vaccel_error("the deserialiser of argument %zu failed with %d", arg_array->position, ret);
    return ret;
}

int vaccel_arg_array_set_serialized(struct vaccel_arg_array *arg_array, vaccel_arg_type_t type,
                                    uint32_t custom_type_id, void *data, size_t data_size,
                                    vaccel_arg_serializer_fn serializer)
{
    uint32_t layout = type == VACCEL_ARG_CUSTOM ? custom_type_id : 0;
    struct vaccel_arg made = {.type = type};
    struct vaccel_arg *arg;
    int ret;

    if (!data || !serializer)
        return refuse_null(type);
    ret = layout_at(arg_array, type, custom_type_id, &arg);
    if (ret == VACCEL_OK)
        ret = serialize(&made, data, data_size, layout, serializer);
    if (ret != VACCEL_OK)
        return ret;
    ret = set_exactly(arg_array, arg, made.buf, made.size);
    platform_free(made.buf);
    return ret;
}
