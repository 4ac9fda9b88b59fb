/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments and arrays of them. */
#include "expect.h"
#include "vaccel.h"

/* What an application makes of the public list of numeric types. */
#define ADD_AND_GET(name, c_type, scalar, array) \
    static void name##_goes_through(void) \
    { \
        struct vaccel_arg_array args; \
        c_type in[] = {1, 0, 1}; \
        c_type one = 0; \
        c_type *all = NULL; \
        size_t count = 0; \
        EXPECT(vaccel_arg_array_init(&args, 1) == VACCEL_OK); \
        EXPECT(vaccel_arg_array_add_##name(&args, &in[0]) == VACCEL_OK); \
        EXPECT(vaccel_arg_array_add_##name##_array(&args, in, 3) == VACCEL_OK); \
        EXPECT(args.args[0].type == (scalar) && args.args[1].type == (array)); \
        EXPECT(vaccel_arg_array_get_##name(&args, &one) == VACCEL_OK && one == in[0]); \
        EXPECT(vaccel_arg_array_get_##name##_array(&args, &all, &count) == VACCEL_OK); \
        EXPECT(all == in && count == 3 && vaccel_arg_array_position(&args) == 2); \
        EXPECT(vaccel_arg_array_get_##name(&args, &one) == VACCEL_ERANGE); \
        EXPECT(vaccel_arg_array_release(&args) == VACCEL_OK); \
    }
VACCEL_ARG_NUMERIC_TYPES(ADD_AND_GET)

#define CALL(name, c_type, scalar, array) name##_goes_through();

static void made_of_initialisers(void)
{
    int32_t in = 5;
    int32_t out = 0;
    char text[] = "text";
    struct vaccel_arg args[] = {
        {.type = VACCEL_ARG_INT32, .buf = &out, .size = sizeof(out)},
        {.type = VACCEL_ARG_STRING, .buf = text, .size = sizeof(text)},
        {.buf = &in, .size = sizeof(in)},
    };
    struct vaccel_arg_array array;
    char *got;
    void *raw;
    size_t size;

    EXPECT(args[2].type == VACCEL_ARG_RAW && !args[2].owned);
    EXPECT(vaccel_arg_array_wrap(&array, args, 3) == VACCEL_OK);
    EXPECT(vaccel_arg_array_set_int32(&array, &in) == VACCEL_OK && out == 5);
    EXPECT(vaccel_arg_array_get_int32(&array, &in) == VACCEL_EINVAL && array.position == 1);
    EXPECT(vaccel_arg_array_get_string(&array, &got) == VACCEL_OK && got == text);
    EXPECT(vaccel_arg_array_get_raw(&array, &raw, &size) == VACCEL_OK && raw == &in && size == 4);
    EXPECT(vaccel_arg_array_add_int32(&array, &in) == VACCEL_ERANGE);
    EXPECT(vaccel_arg_array_release(&array) == VACCEL_OK);
}

static bool is_even(const void *buf, size_t size, uint32_t custom_id)
{
    return buf && size == 1 && custom_id == 7 && *(const uint8_t *)buf % 2 == 0;
}

static void custom(void)
{
    uint8_t odd = 1;
    uint8_t even = 2;
    struct vaccel_arg_array *args;
    void *buf;

    EXPECT(vaccel_arg_array_new(&args, 0) == VACCEL_OK && args->capacity == 8);
    EXPECT(vaccel_arg_array_add_custom(args, 7, &odd, 1, is_even) == VACCEL_EINVAL);
    EXPECT(vaccel_arg_array_add_custom(args, 7, &even, 1, is_even) == VACCEL_OK);
    EXPECT(vaccel_arg_array_get_custom(args, 8, &buf, NULL, NULL) == VACCEL_EINVAL);
    EXPECT(vaccel_arg_array_get_custom(args, 7, &buf, NULL, is_even) == VACCEL_OK && buf == &even);
    vaccel_arg_array_clear(args);
    EXPECT(vaccel_arg_array_count(args) == 0 && args->capacity == 8);
    EXPECT(vaccel_arg_array_delete(args) == VACCEL_OK);
}

static int double_up(const void *data, size_t data_size, uint32_t custom_id, void **buf,
                     size_t *size)
{
    (void)custom_id;
    *size = 2 * data_size;
    *buf = malloc(*size);
    if (!*buf)
        return VACCEL_ENOMEM;
    memcpy(*buf, data, data_size);
    memcpy((char *)*buf + data_size, data, data_size);
    return VACCEL_OK;
}

static int halve(const void *buf, size_t size, uint32_t custom_id, size_t data_size, void *data)
{
    EXPECT(custom_id == 0 && size == 2 * data_size);
    memcpy(data, buf, data_size);
    return VACCEL_OK;
}

static void serialized(void)
{
    uint32_t number = 7;
    struct vaccel_arg_array args;
    struct vaccel_arg_array copy;

    EXPECT(vaccel_arg_array_init(&args, 0) == VACCEL_OK);
    EXPECT(vaccel_arg_array_init(&copy, 0) == VACCEL_OK);
    EXPECT(vaccel_arg_array_add_serialized(&args, VACCEL_ARG_UINT32_ARRAY, 0, &number,
                                           sizeof(number), double_up) == VACCEL_OK);
    EXPECT(args.args[0].size == 8 && args.args[0].owned);
    EXPECT(vaccel_arg_array_add_all(&copy, &args, true) == VACCEL_OK);
    EXPECT(vaccel_arg_array_release(&args) == VACCEL_OK);
    number = 0;
    EXPECT(vaccel_arg_array_get_serialized(&copy, VACCEL_ARG_UINT32_ARRAY, 0, &number,
                                           sizeof(number), halve) == VACCEL_OK);
    EXPECT(number == 7 && vaccel_arg_array_remaining_count(&copy) == 0);
    EXPECT(vaccel_arg_array_release(&copy) == VACCEL_OK);
}

static void one_by_one(void)
{
    uint8_t bytes[] = {1, 2};
    struct vaccel_arg *arg;

    EXPECT(vaccel_arg_new(&arg, bytes, sizeof(bytes), VACCEL_ARG_RAW, 0) == VACCEL_OK);
    EXPECT(arg->buf != bytes && arg->owned && ((uint8_t *)arg->buf)[1] == 2);
    EXPECT(vaccel_arg_delete(arg) == VACCEL_OK);
    EXPECT(vaccel_arg_from_buf(&arg, bytes, sizeof(bytes), VACCEL_ARG_CUSTOM, 4) == VACCEL_OK);
    EXPECT(arg->buf == bytes && !arg->owned && arg->custom_type_id == 4);
    EXPECT(vaccel_arg_delete(arg) == VACCEL_OK);
    EXPECT(vaccel_arg_new(&arg, NULL, 3, VACCEL_ARG_BUFFER, 0) == VACCEL_OK);
    EXPECT(((uint8_t *)arg->buf)[2] == 0);
    EXPECT(vaccel_arg_release(arg) == VACCEL_OK && arg->type == VACCEL_ARG_MAX && !arg->buf);
    free(arg);
}

void arguments(void)
{
    VACCEL_ARG_NUMERIC_TYPES(CALL)
    made_of_initialisers();
    custom();
    serialized();
    one_by_one();
}
