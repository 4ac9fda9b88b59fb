/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arg.h"
#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel/error.h"
#include "vaccel/log.h"

static const unsigned char element_sizes[VACCEL_ARG_MAX] = {
#define ELEMENT_SIZE(name, c_type, scalar, array) \
    [scalar] = sizeof(c_type), [array] = sizeof(c_type),
    VACCEL_ARG_NUMERIC_TYPES(ELEMENT_SIZE)
#undef ELEMENT_SIZE
};

static bool type_known(vaccel_arg_type_t type)
{
    return (unsigned int)type < VACCEL_ARG_MAX;
}

size_t arg_element_size(vaccel_arg_type_t type)
{
    return type_known(type) ? element_sizes[type] : 0;
}

bool arg_string_ends(const char *str, size_t size)
{
    size_t i;

    for (i = 0; i < size; i++)
        if (!str[i])
            return true;
    return false;
}

/* The numbers of the numeric types alternate: one value is odd, its array is even. */
static bool size_suits(vaccel_arg_type_t type, size_t size)
{
    size_t element = arg_element_size(type);

    if (!element)
        return true;
    return type % 2 ? size == element : size % element == 0;
}

bool arg_valid(const struct vaccel_arg *arg)
{
    if (!type_known(arg->type) || (!arg->buf && arg->size))
        return false;
    if (arg->type == VACCEL_ARG_STRING)
        return arg_string_ends(arg->buf, arg->size);
    return size_suits(arg->type, arg->size);
}

static int check_new(const void *arg, vaccel_arg_type_t type)
{
    if (!arg) {
        vaccel_error("an argument is made in a struct, not NULL");
        return VACCEL_EINVAL;
    }
    if (!type_known(type)) {
        vaccel_error("%u is no argument type: see vaccel_arg_type_t", (unsigned int)type);
        return VACCEL_EINVAL;
    }
    return VACCEL_OK;
}

static int copy_bytes(const void *buf, size_t size, void **copy)
{
    *copy = NULL;
    if (!size)
        return VACCEL_OK;
    *copy = buf ? platform_alloc(size) : platform_alloc_zeroed(size);
    if (!*copy) {
        vaccel_error("no memory for an argument of %zu bytes", size);
        return VACCEL_ENOMEM;
    }
    if (buf)
        memcpy(*copy, buf, size);
    return VACCEL_OK;
}

int vaccel_arg_init(struct vaccel_arg *arg, const void *buf, size_t size, vaccel_arg_type_t type,
                    uint32_t custom_type_id)
{
    void *copy;
    int ret = check_new(arg, type);

    if (ret != VACCEL_OK)
        return ret;
    if (buf && !size) {
        vaccel_error("an argument has bytes but the size 0: give their number");
        return VACCEL_EINVAL;
    }
    ret = copy_bytes(buf, size, &copy);
    if (ret != VACCEL_OK)
        return ret;
    *arg = (struct vaccel_arg){copy, size, type, custom_type_id, true};
    return VACCEL_OK;
}

int vaccel_arg_init_from_buf(struct vaccel_arg *arg, void *buf, size_t size, vaccel_arg_type_t type,
                             uint32_t custom_type_id)
{
    int ret = check_new(arg, type);

    if (ret != VACCEL_OK)
        return ret;
    if (!buf != !size) {
        vaccel_error("an argument of %zu bytes at %p: give both or neither", size, buf);
        return VACCEL_EINVAL;
    }
    *arg = (struct vaccel_arg){buf, size, type, custom_type_id, false};
    return VACCEL_OK;
}

int vaccel_arg_release(struct vaccel_arg *arg)
{
    if (!arg) {
        vaccel_error("the argument to release is NULL");
        return VACCEL_EINVAL;
    }
    if (arg->owned)
        platform_free(arg->buf);
    *arg = (struct vaccel_arg){.type = VACCEL_ARG_MAX};
    return VACCEL_OK;
}

/* Move a new argument to memory of its own; if there is none, it is released. */
static int move_to_heap(struct vaccel_arg *from, struct vaccel_arg **arg)
{
    struct vaccel_arg *to = platform_alloc(sizeof(*to));

    if (!to) {
        vaccel_error("no memory for an argument");
        vaccel_arg_release(from);
        return VACCEL_ENOMEM;
    }
    *to = *from;
    *arg = to;
    return VACCEL_OK;
}

int vaccel_arg_new(struct vaccel_arg **arg, const void *buf, size_t size, vaccel_arg_type_t type,
                   uint32_t custom_type_id)
{
    struct vaccel_arg local;
    int ret = vaccel_arg_init(arg ? &local : NULL, buf, size, type, custom_type_id);

    return ret == VACCEL_OK ? move_to_heap(&local, arg) : ret;
}

int vaccel_arg_from_buf(struct vaccel_arg **arg, void *buf, size_t size, vaccel_arg_type_t type,
                        uint32_t custom_type_id)
{
    struct vaccel_arg local;
    int ret = vaccel_arg_init_from_buf(arg ? &local : NULL, buf, size, type, custom_type_id);

    return ret == VACCEL_OK ? move_to_heap(&local, arg) : ret;
}

int vaccel_arg_delete(struct vaccel_arg *arg)
{
    int ret = vaccel_arg_release(arg);

    if (ret == VACCEL_OK)
        platform_free(arg);
    return ret;
}
