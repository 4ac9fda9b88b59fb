/* SPDX-License-Identifier: Apache-2.0 */
/* A shared library whose functions the examples run through the plugin exec. */
#include "common/numbers.h"

int mytestfunc(struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write, size_t nr_write);
int mytestfunc_nonser(struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write,
                      size_t nr_write);

/* The double of a number. */
int mytestfunc(struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write, size_t nr_write)
{
    struct vaccel_arg_array inputs;
    struct vaccel_arg_array outputs;
    int32_t number;
    int ret;

    vaccel_arg_array_wrap(&inputs, read, nr_read);
    vaccel_arg_array_wrap(&outputs, write, nr_write);
    ret = vaccel_arg_array_get_int32(&inputs, &number);
    if (ret != VACCEL_OK)
        return ret;
    number = (int32_t)((uint32_t)number * 2);
    return vaccel_arg_array_set_int32(&outputs, &number);
}

static void reverse(struct numbers *numbers)
{
    uint32_t first;
    uint32_t i;

    for (i = 0; i < numbers->count / 2; i++) {
        first = numbers->values[i];
        numbers->values[i] = numbers->values[numbers->count - 1 - i];
        numbers->values[numbers->count - 1 - i] = first;
    }
}

/* A row of numbers back to front. */
int mytestfunc_nonser(struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write,
                      size_t nr_write)
{
    struct vaccel_arg_array inputs;
    struct vaccel_arg_array outputs;
    struct numbers numbers;
    int ret;

    vaccel_arg_array_wrap(&inputs, read, nr_read);
    vaccel_arg_array_wrap(&outputs, write, nr_write);
    ret = vaccel_arg_array_get_serialized(&inputs, VACCEL_ARG_CUSTOM, NUMBERS_ID, &numbers,
                                          sizeof(numbers), numbers_deserialize);
    if (ret != VACCEL_OK)
        return ret;
    reverse(&numbers);
    ret = vaccel_arg_array_set_serialized(&outputs, VACCEL_ARG_CUSTOM, NUMBERS_ID, &numbers,
                                          sizeof(numbers), numbers_serialize);
    free(numbers.values);
    return ret;
}
