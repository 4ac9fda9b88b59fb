/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of the operations as text, for docs/operations.md to be compared with. What follows
 * from other arguments is shown for a sample call: the i-th argument, if it is one whole number, is
 * i + 3, arrays have 48 bytes, and behind the fixed arguments come six to read and two to write.
 */
#include "core/arg.h"
#include "ops/op.h"

#include <stdio.h>
#include <string.h>

enum { ROOM = 48, MORE_READ = 6, MORE_WRITE = 2, ARGS_MAX = 32 };

static _Alignas(8) unsigned char memory[ARGS_MAX][ROOM];

static void fill(struct vaccel_arg *args, const struct op_arg *expected, size_t count)
{
    int32_t number;
    size_t element;
    size_t i;

    for (i = 0; i < count; i++) {
        number = (int32_t)i + 3;
        element = arg_element_size(expected[i].type);
        args[i] = (struct vaccel_arg){.buf = memory[i], .size = ROOM, .type = expected[i].type};
        if (element && expected[i].type % 2)
            args[i].size = element;
        memset(memory[i], 0, ROOM);
        if (args[i].type == VACCEL_ARG_INT32 || args[i].type == VACCEL_ARG_INT64)
            memcpy(memory[i], &number, sizeof(number));
    }
}

static const char *direction_name(enum op_direction direction)
{
    return direction == OP_IN ? "in" : direction == OP_OUT ? "out" : "inout";
}

/* Tab-separated: list, index, name, type, direction, number of elements, whether on a condition. */
static void print_arg(const struct vaccel_op_call *call, const struct op_arg *arg, bool write,
                      const char *index)
{
    bool any = arg->flags & OP_ANY_TYPE;
    size_t count = 0;

    printf("%s\t%s\t%s\t%s%s\t%s\t", write ? "write" : "read", index, arg->name,
           vaccel_arg_type_to_base_str(arg->type), any ? " or any" : "",
           direction_name(arg->direction));
    if (arg->count && arg->count(call, &count))
        printf("%zu", count);
    printf("\t%s\n", arg->is_read ? "if" : "");
}

static void print_args(const struct op_spec *spec, const struct vaccel_op_call *call, bool write)
{
    size_t fixed = write ? spec->nr_write : spec->nr_read;
    size_t count = write ? call->nr_write : call->nr_read;
    const struct op_arg *arg;
    char index[24];
    size_t i;

    for (i = 0; i < count && (arg = op_arg_at(spec, call, write, i)); i++) {
        snprintf(index, sizeof(index), "%zu", i);
        print_arg(call, arg, write, i < fixed ? index : "more");
    }
}

static void print_spec(const struct op_spec *spec)
{
    struct vaccel_arg read[ARGS_MAX] = {0};
    struct vaccel_arg write[ARGS_MAX] = {0};
    struct vaccel_op_call call = {
        .op = spec->type,
        .read = read,
        .nr_read = spec->nr_read + MORE_READ,
        .write = write,
        .nr_write = spec->nr_write + MORE_WRITE,
    };

    fill(read, spec->read, spec->nr_read);
    printf("op\t%d\t%s\n", (int)spec->type, vaccel_op_type_to_base_str(spec->type));
    print_args(spec, &call, false);
    print_args(spec, &call, true);
}

int main(void)
{
    int type;

    for (type = 0; type < VACCEL_OP_MAX; type++)
        print_spec(op_specs[type]);
    return 0;
}
