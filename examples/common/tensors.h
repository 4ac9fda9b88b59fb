/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_TENSORS_H
#define EXAMPLES_TENSORS_H

#include <stddef.h>
#include <stdint.h>

enum { SHAPE_DIMS_MAX = 8 };

/* "1x3x224x224" */
struct shape {
    int nr_dims;
    int64_t dims[SHAPE_DIMS_MAX];
    size_t elements;
};

/* Returns 0, or -1 after saying on stderr what is wrong. */
int parse_shape(const char *text, struct shape *shape);

/* A float for each element, rising from 0 to 1; the caller frees them. NULL if there is no memory.
 */
float *new_values(const struct shape *shape);

/* The first values of a tensor of @size bytes of floats. */
void print_values(const char *title, const float *values, size_t size);

#endif
