/* SPDX-License-Identifier: Apache-2.0 */
/*
 * c = a + b by an operation that vAccel itself does not know: it has the name vector_add and comes
 * with the plugin of docs/porting.md.
 */
#include "vaccel.h"

static int add(float *a, float *b, float *c, size_t count)
{
    struct vaccel_session sess = {0};
    size_t size = count * sizeof(*a);
    struct vaccel_arg read[] = {
        {.buf = a, .size = size, .type = VACCEL_ARG_FLOAT32_ARRAY},
        {.buf = b, .size = size, .type = VACCEL_ARG_FLOAT32_ARRAY},
    };
    struct vaccel_arg write = {.buf = c, .size = size, .type = VACCEL_ARG_FLOAT32_ARRAY};
    int ret = vaccel_session_init(&sess, 0);

    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_call(&sess, "vector_add", read, 2, &write, 1);
    vaccel_session_release(&sess);
    return ret;
}

int main(void)
{
    float a[] = {1.0F, 2.0F, 3.0F, 4.0F, 5.0F};
    float b[] = {10.0F, 20.0F, 30.0F, 40.0F, 50.0F};
    enum { COUNT = sizeof(a) / sizeof(a[0]) };
    float c[COUNT] = {0};
    int wrong = 0;
    int ret = add(a, b, c, COUNT);
    int i;

    if (ret != VACCEL_OK) {
        fprintf(stderr, "vector_add failed: %s\n", strerror(ret));
        return EXIT_FAILURE;
    }
    for (i = 0; i < COUNT; i++) {
        printf("%g + %g = %g\n", a[i], b[i], c[i]);
        wrong += c[i] != a[i] + b[i];
    }
    return wrong ? EXIT_FAILURE : EXIT_SUCCESS;
}
