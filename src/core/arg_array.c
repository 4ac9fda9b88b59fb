/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arg_array.h"
#include "platform/checked.h"
#include "platform/platform.h"
#include "vaccel/error.h"
#include "vaccel/log.h"

/* The array as a container; what lies in it is arg_array_numeric.c's and arg_array_bytes.c's. */

enum { FIRST_CAPACITY = 8 };

int arg_array_check(const struct vaccel_arg_array *arg_array)
{
    if (arg_array && arg_array->args)
        return VACCEL_OK;
    vaccel_error("the argument array is NULL, not initialised or released");
    return VACCEL_EINVAL;
}

static int refuse_for_memory(size_t capacity)
{
    vaccel_error("no memory for %zu arguments", capacity);
    return VACCEL_ENOMEM;
}

int vaccel_arg_array_init(struct vaccel_arg_array *arg_array, size_t capacity)
{
    struct vaccel_arg *args;
    size_t bytes;

    if (!arg_array) {
        vaccel_error("an argument array is made in a struct, not NULL");
        return VACCEL_EINVAL;
    }
    if (!capacity)
        capacity = FIRST_CAPACITY;
    args = size_mul(capacity, sizeof(*args), &bytes) ? platform_alloc(bytes) : NULL;
    if (!args)
        return refuse_for_memory(capacity);
    *arg_array = (struct vaccel_arg_array){.args = args, .capacity = capacity, .owned = true};
    return VACCEL_OK;
}

static void release_from(struct vaccel_arg_array *arg_array, size_t first)
{
    while (arg_array->count > first)
        vaccel_arg_release(&arg_array->args[--arg_array->count]);
}

int vaccel_arg_array_release(struct vaccel_arg_array *arg_array)
{
    int ret = arg_array_check(arg_array);

    if (ret != VACCEL_OK)
        return ret;
    if (arg_array->owned) {
        release_from(arg_array, 0);
        platform_free(arg_array->args);
    }
    *arg_array = (struct vaccel_arg_array){0};
    return VACCEL_OK;
}

int vaccel_arg_array_new(struct vaccel_arg_array **arg_array, size_t capacity)
{
    struct vaccel_arg_array *made;
    int ret;

    if (!arg_array)
        return vaccel_arg_array_init(NULL, capacity);
    made = platform_alloc(sizeof(*made));
    if (!made)
        return refuse_for_memory(capacity);
    ret = vaccel_arg_array_init(made, capacity);
    if (ret == VACCEL_OK)
        *arg_array = made;
    else
        platform_free(made);
    return ret;
}

int vaccel_arg_array_delete(struct vaccel_arg_array *arg_array)
{
    int ret = vaccel_arg_array_release(arg_array);

    if (ret == VACCEL_OK)
        platform_free(arg_array);
    return ret;
}

/* A function without outputs gets NULL and 0. Wrapped, that is an array, and not a released one. */
int vaccel_arg_array_wrap(struct vaccel_arg_array *arg_array, struct vaccel_arg *args, size_t count)
{
    static struct vaccel_arg none;

    if (!arg_array || (!args && count)) {
        vaccel_error("an argument array is wrapped around arguments, not NULL");
        return VACCEL_EINVAL;
    }
    *arg_array = (struct vaccel_arg_array){
        .args = args ? args : &none,
        .count = count,
        .capacity = count,
    };
    return VACCEL_OK;
}

void vaccel_arg_array_clear(struct vaccel_arg_array *arg_array)
{
    if (arg_array_check(arg_array) != VACCEL_OK)
        return;
    release_from(arg_array, 0);
    arg_array->position = 0;
}

static int grow(struct vaccel_arg_array *arg_array, size_t needed)
{
    struct vaccel_arg *args;
    size_t capacity;
    size_t bytes;

    if (!size_mul(arg_array->capacity, 2, &capacity) || capacity < needed)
        capacity = needed;
    args =
        size_mul(capacity, sizeof(*args), &bytes) ? platform_realloc(arg_array->args, bytes) : NULL;
    if (!args)
        return refuse_for_memory(capacity);
    arg_array->args = args;
    arg_array->capacity = capacity;
    return VACCEL_OK;
}

int arg_array_reserve(struct vaccel_arg_array *arg_array, size_t extra)
{
    size_t needed;
    int ret = arg_array_check(arg_array);

    if (ret != VACCEL_OK)
        return ret;
    if (!size_add(arg_array->count, extra, &needed))
        return refuse_for_memory(extra);
    if (needed <= arg_array->capacity)
        return VACCEL_OK;
    if (arg_array->owned)
        return grow(arg_array, needed);
    vaccel_error("a wrapped argument array of %zu cannot take %zu: wrap a longer one",
                 arg_array->capacity, needed);
    return VACCEL_ERANGE;
}

int arg_array_append(struct vaccel_arg_array *arg_array, struct vaccel_arg arg)
{
    int ret = arg_array_reserve(arg_array, 1);

    if (ret == VACCEL_OK)
        arg_array->args[arg_array->count++] = arg;
    return ret;
}

int arg_array_at(const struct vaccel_arg_array *arg_array, vaccel_arg_type_t type,
                 struct vaccel_arg **arg)
{
    int ret = arg_array_check(arg_array);

    if (ret != VACCEL_OK)
        return ret;
    if (arg_array->position >= arg_array->count) {
        vaccel_error("argument %zu is wanted but there are %zu", arg_array->position,
                     arg_array->count);
        return VACCEL_ERANGE;
    }
    *arg = &arg_array->args[arg_array->position];
    if ((*arg)->type == type)
        return VACCEL_OK;
    vaccel_error("argument %zu is of type %s, not %s", arg_array->position,
                 vaccel_arg_type_to_base_str((*arg)->type), vaccel_arg_type_to_base_str(type));
    return VACCEL_EINVAL;
}

static int append_from(struct vaccel_arg_array *dst, const struct vaccel_arg *from, bool copy)
{
    struct vaccel_arg arg = *from;
    int ret;

    arg.owned = false;
    if (copy) {
        ret = vaccel_arg_init(&arg, from->buf, from->size, from->type, from->custom_type_id);
        if (ret != VACCEL_OK)
            return ret;
    }
    dst->args[dst->count++] = arg;
    return VACCEL_OK;
}

/* @src may be @dst: its arguments move when room is made, so they are looked up afterwards. */
int vaccel_arg_array_add_range(struct vaccel_arg_array *dst, const struct vaccel_arg_array *src,
                               size_t start, size_t count, bool copy)
{
    size_t first;
    size_t i;
    int ret = arg_array_check(src);

    if (ret != VACCEL_OK)
        return ret;
    if (start > src->count || count > src->count - start) {
        vaccel_error("%zu arguments from %zu on are wanted but there are %zu", count, start,
                     src->count);
        return VACCEL_ERANGE;
    }
    ret = arg_array_reserve(dst, count);
    if (ret != VACCEL_OK)
        return ret;
    first = dst->count;
    for (i = 0; i < count && ret == VACCEL_OK; i++)
        ret = append_from(dst, &src->args[start + i], copy);
    if (ret != VACCEL_OK)
        release_from(dst, first);
    return ret;
}

int vaccel_arg_array_add_remaining(struct vaccel_arg_array *dst, const struct vaccel_arg_array *src,
                                   bool copy)
{
    size_t count = vaccel_arg_array_remaining_count(src);

    return vaccel_arg_array_add_range(dst, src, vaccel_arg_array_count(src) - count, count, copy);
}

int vaccel_arg_array_add_all(struct vaccel_arg_array *dst, const struct vaccel_arg_array *src,
                             bool copy)
{
    return vaccel_arg_array_add_range(dst, src, 0, vaccel_arg_array_count(src), copy);
}

int vaccel_arg_array_get_remaining(struct vaccel_arg_array *arg_array, struct vaccel_arg **args,
                                   size_t *count)
{
    int ret = arg_array_check(arg_array);

    if (ret != VACCEL_OK)
        return ret;
    if (!args || !count) {
        vaccel_error("the remaining arguments need somewhere to go, not NULL");
        return VACCEL_EINVAL;
    }
    *count = vaccel_arg_array_remaining_count(arg_array);
    *args = *count ? &arg_array->args[arg_array->position] : NULL;
    return VACCEL_OK;
}

size_t vaccel_arg_array_remaining_count(const struct vaccel_arg_array *arg_array)
{
    if (!arg_array || arg_array->position >= arg_array->count)
        return 0;
    return arg_array->count - arg_array->position;
}

size_t vaccel_arg_array_position(const struct vaccel_arg_array *arg_array)
{
    return arg_array ? arg_array->position : 0;
}

size_t vaccel_arg_array_count(const struct vaccel_arg_array *arg_array)
{
    return arg_array ? arg_array->count : 0;
}

void vaccel_arg_array_set_position(struct vaccel_arg_array *arg_array, size_t position)
{
    if (arg_array)
        arg_array->position = position < arg_array->count ? position : arg_array->count;
}

void vaccel_arg_array_reset_position(struct vaccel_arg_array *arg_array)
{
    vaccel_arg_array_set_position(arg_array, 0);
}

struct vaccel_arg *vaccel_arg_array_raw(struct vaccel_arg_array *arg_array)
{
    return arg_array ? arg_array->args : NULL;
}
