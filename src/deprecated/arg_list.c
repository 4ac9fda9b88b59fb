/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/checked.h"
#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel/deprecated/arg_list.h"
#include "vaccel/error.h"
#include "vaccel/log.h"

struct vaccel_arg_list *vaccel_args_init(uint32_t nr_args)
{
    struct vaccel_arg_list *args = platform_alloc_zeroed(sizeof(*args));
    size_t bytes;

    if (!args)
        return NULL;
    args->size = nr_args;
    if (!nr_args)
        return args;
    if (nr_args <= INT32_MAX && size_mul(nr_args, sizeof(*args->list), &bytes))
        args->list = platform_alloc_zeroed(bytes);
    if (args->list)
        return args;
    vaccel_error("no memory for a list of %u arguments", nr_args);
    platform_free(args);
    return NULL;
}

/* Where the next argument goes. */
static int next_free(struct vaccel_arg_list *args, struct vaccel_arg **arg)
{
    if (!args) {
        vaccel_error("the argument list is NULL");
        return VACCEL_EINVAL;
    }
    if (args->curr_idx < 0 || (uint32_t)args->curr_idx >= args->size) {
        vaccel_error("the list has its %u arguments already: make it longer", args->size);
        return VACCEL_ERANGE;
    }
    *arg = &args->list[args->curr_idx];
    return VACCEL_OK;
}

static int add_borrowed(struct vaccel_arg_list *args, void *buf, uint32_t size)
{
    struct vaccel_arg *arg;
    int ret = next_free(args, &arg);

    if (ret == VACCEL_OK)
        ret = vaccel_arg_init_from_buf(arg, buf, size, VACCEL_ARG_RAW, 0);
    if (ret == VACCEL_OK)
        args->curr_idx++;
    return ret;
}

int vaccel_add_serial_arg(struct vaccel_arg_list *args, void *buf, uint32_t size)
{
    return add_borrowed(args, buf, size);
}

int vaccel_expect_serial_arg(struct vaccel_arg_list *args, void *buf, uint32_t size)
{
    return add_borrowed(args, buf, size);
}

static int serialize(void *buf, void *(*serializer)(void *, uint32_t *), void **bytes,
                     uint32_t *size)
{
    if (!buf || !serializer) {
        vaccel_error("a non-serial argument needs data and a serialiser, not NULL");
        return VACCEL_EINVAL;
    }
    *size = 0;
    *bytes = serializer(buf, size);
    if (*bytes && *size)
        return VACCEL_OK;
    vaccel_error("the serialiser made no bytes");
    platform_free(*bytes);
    return VACCEL_EINVAL;
}

int vaccel_add_nonserial_arg(struct vaccel_arg_list *args, void *buf, uint32_t arg_type,
                             void *(*serializer)(void *, uint32_t *))
{
    struct vaccel_arg *arg;
    void *bytes;
    uint32_t size;
    int ret = next_free(args, &arg);

    if (ret == VACCEL_OK)
        ret = serialize(buf, serializer, &bytes, &size);
    if (ret != VACCEL_OK)
        return ret;
    *arg = (struct vaccel_arg){bytes, size, VACCEL_ARG_CUSTOM, arg_type, true};
    args->curr_idx++;
    return VACCEL_OK;
}

int vaccel_expect_nonserial_arg(struct vaccel_arg_list *args, uint32_t expected_size)
{
    struct vaccel_arg *arg;
    int ret = next_free(args, &arg);

    if (ret != VACCEL_OK)
        return ret;
    if (!expected_size) {
        vaccel_error("an expected argument has 0 bytes: say how many");
        return VACCEL_EINVAL;
    }
    ret = vaccel_arg_init(arg, NULL, expected_size, VACCEL_ARG_CUSTOM, 0);
    if (ret == VACCEL_OK)
        args->curr_idx++;
    return ret;
}

/* args[@idx], which has bytes; else NULL. */
static struct vaccel_arg *with_bytes(struct vaccel_arg *args, int idx)
{
    if (args && idx >= 0 && args[idx].buf && args[idx].size)
        return &args[idx];
    vaccel_error("argument %d of %p is not there, or has no bytes", idx, (void *)args);
    return NULL;
}

void *vaccel_extract_serial_arg(struct vaccel_arg *args, int idx)
{
    struct vaccel_arg *arg = with_bytes(args, idx);

    return arg ? arg->buf : NULL;
}

void *vaccel_extract_nonserial_arg(struct vaccel_arg *args, int idx,
                                   void *(*deserializer)(void *, uint32_t))
{
    struct vaccel_arg *arg = with_bytes(args, idx);

    if (!arg)
        return NULL;
    if (!deserializer || arg->size > UINT32_MAX) {
        vaccel_error("argument %d has %zu bytes: a deserialiser is needed, for at most %u", idx,
                     arg->size, UINT32_MAX);
        return NULL;
    }
    return deserializer(arg->buf, (uint32_t)arg->size);
}

int vaccel_write_serial_arg(struct vaccel_arg *args, int idx, void *buf)
{
    struct vaccel_arg *arg = with_bytes(args, idx);

    if (!arg || !buf) {
        vaccel_error("argument %d cannot be written from %p", idx, buf);
        return VACCEL_EINVAL;
    }
    memmove(arg->buf, buf, arg->size);
    return VACCEL_OK;
}

int vaccel_write_nonserial_arg(struct vaccel_arg *args, int idx, void *buf,
                               void *(*serializer)(void *, uint32_t *))
{
    struct vaccel_arg *arg = with_bytes(args, idx);
    void *bytes;
    uint32_t size;
    int ret = arg ? serialize(buf, serializer, &bytes, &size) : VACCEL_EINVAL;

    if (ret != VACCEL_OK)
        return ret;
    if (size <= arg->size) {
        memmove(arg->buf, bytes, size);
    } else {
        vaccel_error("argument %d has %zu bytes, into which %u do not go", idx, arg->size, size);
        ret = VACCEL_EINVAL;
    }
    platform_free(bytes);
    return ret;
}

int vaccel_delete_args(struct vaccel_arg_list *args)
{
    int i;

    if (!args) {
        vaccel_error("the argument list is NULL");
        return VACCEL_EINVAL;
    }
    for (i = 0; i < args->curr_idx; i++)
        vaccel_arg_release(&args->list[i]);
    platform_free(args->list);
    platform_free(args);
    return VACCEL_OK;
}
