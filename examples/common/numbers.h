/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_NUMBERS_H
#define EXAMPLES_NUMBERS_H

#include "vaccel.h"

/*
 * A type of the application's own: it has a pointer in it, so it cannot travel as it is. Both the
 * application and the library behind the operation know its travelling form, which has the number
 * NUMBERS_ID: how many numbers, then the numbers, as 32-bit words.
 */
enum { NUMBERS_ID = 100 };

struct numbers {
    uint32_t *values;
    uint32_t count;
};

/* The argument of a struct numbers; a vaccel_arg_serializer_fn. */
int numbers_serialize(const void *data, size_t data_size, uint32_t custom_type_id, void **buf,
                      size_t *size);

/* The reverse, a vaccel_arg_deserializer_fn; the caller frees the values. */
int numbers_deserialize(const void *buf, size_t size, uint32_t custom_type_id, size_t data_size,
                        void *data);

#endif
