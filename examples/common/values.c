/* SPDX-License-Identifier: Apache-2.0 */
#include "values.h"

enum { SHOWN = 10 };

static int64_t signed_at(const unsigned char *data, size_t size)
{
    int64_t number = 0;

    memcpy(&number, data, size);
    return number << (64 - 8 * size) >> (64 - 8 * size);
}

static double float_at(const unsigned char *data, size_t size)
{
    float single;
    double number;

    memcpy(&single, data, sizeof(single));
    if (size == sizeof(single))
        return (double)single;
    memcpy(&number, data, sizeof(number));
    return number;
}

static bool is_signed(enum vaccel_data_type type)
{
    return type >= VACCEL_DATA_INT8 && type <= VACCEL_DATA_INT64;
}

static bool is_unsigned(enum vaccel_data_type type)
{
    return (type >= VACCEL_DATA_UINT8 && type <= VACCEL_DATA_UINT64) || type == VACCEL_DATA_BOOL;
}

static bool is_float(enum vaccel_data_type type)
{
    return type == VACCEL_DATA_FLOAT32 || type == VACCEL_DATA_FLOAT64;
}

static void print_number(enum vaccel_data_type type, const unsigned char *data, size_t size)
{
    uint64_t number = 0;

    if (is_float(type)) {
        printf(" %g", float_at(data, size));
    } else if (is_signed(type)) {
        printf(" %lld", (long long)signed_at(data, size));
    } else {
        memcpy(&number, data, size);
        printf(" %llu", (unsigned long long)number);
    }
}

static size_t count_of(const struct vaccel_tensor *tensor)
{
    size_t count = 1;
    uint32_t i;

    for (i = 0; i < tensor->nr_dims; i++)
        count *= (size_t)tensor->dims[i];
    return count;
}

/* Their lengths come first, then their bytes. */
static void print_strings(const struct vaccel_tensor *tensor, size_t count)
{
    const char *bytes = (const char *)tensor->data + count * sizeof(uint64_t);
    uint64_t length;
    size_t i;

    for (i = 0; i < count && i < SHOWN; i++, bytes += length) {
        memcpy(&length, (const char *)tensor->data + i * sizeof(length), sizeof(length));
        printf(" \"%.*s\"", (int)length, bytes);
    }
}

static void print_numbers(const struct vaccel_tensor *tensor, size_t count)
{
    size_t size = vaccel_data_type_size(tensor->data_type);
    size_t i;

    for (i = 0; i < count && i < SHOWN; i++)
        print_number(tensor->data_type, (const unsigned char *)tensor->data + i * size, size);
}

void print_tensor(const char *title, const struct vaccel_tensor *tensor)
{
    enum vaccel_data_type type = tensor->data_type;
    size_t count = count_of(tensor);
    uint32_t i;

    printf("%s: %s", title, vaccel_data_type_name(type));
    for (i = 0; i < tensor->nr_dims; i++)
        printf("%s%lld", i ? " x " : " of ", (long long)tensor->dims[i]);
    printf(":");
    if (type == VACCEL_DATA_STRING)
        print_strings(tensor, count);
    else if (is_float(type) || is_signed(type) || is_unsigned(type))
        print_numbers(tensor, count);
    else
        printf(" %zu bytes", tensor->size);
    printf(count > SHOWN ? " ... (%zu elements)\n" : "\n", count);
}
