/* SPDX-License-Identifier: Apache-2.0 */
/* Argument lists, as the binding for Go uses them. */
#include "expect.h"
#include "vaccel.h"

static void of_plain_bytes(void)
{
    struct vaccel_session sess;
    struct vaccel_arg_list *read = vaccel_args_init(1);
    struct vaccel_arg_list *write = vaccel_args_init(1);
    int32_t in = 11;
    int32_t out = 0;

    EXPECT(vaccel_session_init(&sess, 0) == VACCEL_OK);
    EXPECT(vaccel_add_serial_arg(read, &in, sizeof(in)) == VACCEL_OK);
    EXPECT(vaccel_expect_serial_arg(write, &out, sizeof(out)) == VACCEL_OK);
    EXPECT(vaccel_add_serial_arg(read, &in, sizeof(in)) != VACCEL_OK);
    EXPECT(vaccel_exec(&sess, "lib", "function", read->list, read->size, write->list,
                       write->size) == VACCEL_OK);
    EXPECT(*(int32_t *)vaccel_extract_serial_arg(write->list, 0) == 11 && out == 11);
    EXPECT(write->list[0].type == VACCEL_ARG_RAW);
    EXPECT(vaccel_write_serial_arg(write->list, 0, &(int32_t){12}) == VACCEL_OK && out == 12);
    EXPECT(vaccel_delete_args(read) == VACCEL_OK && vaccel_delete_args(write) == VACCEL_OK);
    EXPECT(vaccel_session_release(&sess) == VACCEL_OK);
}

struct pair {
    uint16_t first, second;
};

static void *serialize(void *object, uint32_t *size)
{
    const struct pair *pair = object;
    uint32_t *bytes = malloc(sizeof(*bytes));

    if (bytes)
        *bytes = (uint32_t)pair->first << 16 | pair->second;
    *size = sizeof(*bytes);
    return bytes;
}

static void *deserialize(void *bytes, uint32_t size)
{
    struct pair *pair = malloc(sizeof(*pair));
    uint32_t number;

    EXPECT(size == sizeof(number));
    memcpy(&number, bytes, sizeof(number));
    if (pair)
        *pair = (struct pair){(uint16_t)(number >> 16), (uint16_t)number};
    return pair;
}

static void of_objects(void)
{
    struct vaccel_arg_list *args = vaccel_args_init(2);
    struct pair in = {3, 4};
    struct pair *out;

    EXPECT(vaccel_add_nonserial_arg(args, &in, 42, serialize) == VACCEL_OK);
    EXPECT(vaccel_expect_nonserial_arg(args, sizeof(uint32_t)) == VACCEL_OK);
    EXPECT(args->list[0].type == VACCEL_ARG_CUSTOM && args->list[0].custom_type_id == 42);
    EXPECT(vaccel_write_nonserial_arg(args->list, 1, &in, serialize) == VACCEL_OK);
    out = vaccel_extract_nonserial_arg(args->list, 1, deserialize);
    EXPECT(out && out->first == 3 && out->second == 4);
    free(out);
    EXPECT(vaccel_delete_args(args) == VACCEL_OK);
}

void argument_lists(void)
{
    of_plain_bytes();
    of_objects();
}
