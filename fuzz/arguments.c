/* SPDX-License-Identifier: Apache-2.0 */
#include "arguments.h"

static void *allocate(size_t size)
{
    void *data = malloc(size);

    if (!data)
        abort();
    return data;
}

static void *duplicate(const void *data, size_t size)
{
    return memcpy(allocate(size), data, size);
}

/* The end of the contents is the end of the block. */
static void fill(struct vaccel_arg *arg, unsigned char **block, bool unaligned, struct bytes *bytes)
{
    *block = allocate(arg->size + unaligned);
    arg->buf = *block + unaligned;
    bytes_take(bytes, arg->buf, arg->size);
}

static void make(struct vaccel_arg *arg, unsigned char **block, struct bytes *bytes)
{
    uint8_t head = bytes_take_8(bytes);
    uint16_t size = bytes_take_16(bytes);

    *block = NULL;
    *arg = (struct vaccel_arg){.type = head & ARGUMENT_TYPE, .size = size};
    if (arg->type == VACCEL_ARG_CUSTOM)
        arg->custom_type_id = bytes_take_32(bytes);
    if (head & ARGUMENT_HUGE)
        arg->size = SIZE_MAX - size;
    else if (!(head & ARGUMENT_NULL))
        fill(arg, block, head & ARGUMENT_UNALIGNED, bytes);
}

void arguments_make(struct arguments *arguments, size_t first, struct bytes *bytes)
{
    size_t count = bytes_take_8(bytes) & ARGUMENTS_MOST;
    size_t i;

    arguments->count = first + count;
    arguments->args = allocate(arguments->count * sizeof(*arguments->args));
    arguments->blocks = allocate(arguments->count * sizeof(*arguments->blocks));
    for (i = 0; i < first; i++) {
        arguments->args[i] = (struct vaccel_arg){0};
        arguments->blocks[i] = NULL;
    }
    for (; i < arguments->count; i++)
        make(&arguments->args[i], &arguments->blocks[i], bytes);
    arguments->before = duplicate(arguments->args, arguments->count * sizeof(*arguments->args));
}

void arguments_free(struct arguments *arguments)
{
    size_t i;

    for (i = 0; i < arguments->count; i++)
        free(arguments->blocks[i]);
    free(arguments->blocks);
    free(arguments->before);
    free(arguments->args);
}

void arguments_check(const struct arguments *arguments, bool write)
{
    const struct vaccel_arg *now;
    const struct vaccel_arg *before;
    size_t i;

    for (i = 0; i < arguments->count; i++) {
        now = &arguments->args[i];
        before = &arguments->before[i];
        if (now->buf != before->buf || now->type != before->type ||
            now->custom_type_id != before->custom_type_id || now->owned != before->owned ||
            (!write && now->size != before->size))
            abort();
    }
}
