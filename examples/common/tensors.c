/* SPDX-License-Identifier: Apache-2.0 */
#include "tensors.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_ELEMENTS = 1 << 28, SHOWN = 10 };

int parse_shape(const char *text, struct shape *shape)
{
    char *end;
    long dim;

    shape->nr_dims = 0;
    shape->elements = 1;
    while (shape->nr_dims < SHAPE_DIMS_MAX) {
        dim = strtol(text, &end, 10);
        if (dim < 1 || dim > MOST_ELEMENTS / (long)shape->elements)
            break;
        shape->dims[shape->nr_dims++] = dim;
        shape->elements *= (size_t)dim;
        if (*end == '\0')
            return 0;
        if (*end != 'x')
            break;
        text = end + 1;
    }
    fprintf(stderr, "a shape is something like 1x3x224x224: up to %d sizes, %d elements\n",
            SHAPE_DIMS_MAX, MOST_ELEMENTS);
    return -1;
}

float *new_values(const struct shape *shape)
{
    float *values = malloc(shape->elements * sizeof(*values));
    size_t i;

    for (i = 0; values && i < shape->elements; i++)
        values[i] = (float)i / (float)shape->elements;
    return values;
}

void print_values(const char *title, const float *values, size_t size)
{
    size_t count = size / sizeof(*values);
    size_t i;

    printf("%s:", title);
    for (i = 0; i < count && i < SHOWN; i++)
        printf(" %g", values[i]);
    if (count > SHOWN)
        printf(" ... (%zu values)", count);
    printf("\n");
}
