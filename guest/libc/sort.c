/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

/* A heap sort: no memory, no recursion, and no input that makes it slow. */

struct array {
    char *data;
    size_t size; /* of an element */
    int (*compare)(const void *a, const void *b);
};

static char *element(const struct array *array, size_t i)
{
    return array->data + i * array->size;
}

static void swap(const struct array *array, size_t i, size_t j)
{
    char *a = element(array, i);
    char *b = element(array, j);

    for (size_t k = 0; k < array->size; k++) {
        char kept = a[k];

        a[k] = b[k];
        b[k] = kept;
    }
}

/* Let the element at @i of the first @count sink until none below it is larger. */
static void sink(const struct array *array, size_t i, size_t count)
{
    size_t child;

    for (; i < count / 2; i = child) {
        child = 2 * i + 1;
        if (child + 1 < count &&
            array->compare(element(array, child), element(array, child + 1)) < 0)
            child++;
        if (array->compare(element(array, i), element(array, child)) >= 0)
            return;
        swap(array, i, child);
    }
}

void qsort(void *data, size_t count, size_t size, int (*compare)(const void *a, const void *b))
{
    struct array array = {data, size, compare};

    for (size_t i = count / 2; i > 0; i--)
        sink(&array, i - 1, count);
    while (count > 1) {
        swap(&array, 0, --count);
        sink(&array, 0, count);
    }
}
