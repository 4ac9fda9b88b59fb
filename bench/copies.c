/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many bytes are copied on the way of a call, as count_copies.c sees it from outside. One copy
 * of the same payload is counted in the same way, which shows that nothing goes unseen.
 */
#include "count_copies.h"
#include "measure.h"
#include "memory_resource.h"

enum { SIDE = 1024, MATRIX_SIZE = SIDE * SIDE * sizeof(float) };

struct work {
    const char *name;
    repeated run;
    void *context;
    size_t size; /* of the payload */
    repeated copy;
    void *copy_context;
};

static int bytes_of(repeated run, void *context, size_t *bytes)
{
    size_t before = copied_bytes();
    int ret = run(context, 1);

    *bytes = copied_bytes() - before;
    return ret;
}

static int count(const struct work *work)
{
    size_t bytes, control;
    int ret = bytes_of(work->run, work->context, &bytes);
    struct line line = {
        .name = work->name,
        .unit = "bytes",
        .yardstick = "one memcpy of the payload",
        .comparison = RATIO,
        .bar = {"value", "at most", 0},
        .samples = 1,
    };

    if (ret == VACCEL_OK)
        ret = bytes_of(work->copy, work->copy_context, &control);
    if (ret != VACCEL_OK)
        return ret;
    if (control != work->size) {
        fprintf(stderr, "a copy of %zu bytes was counted as %zu\n", work->size, control);
        return VACCEL_EBACKEND;
    }
    line.value = (double)bytes;
    line.yardstick_value = (double)control;
    line.compared.middle = line.value / line.yardstick_value;
    line.compared.low = line.compared.high = line.compared.middle;
    report(&line);
    return VACCEL_OK;
}

static int count_resource(struct payload *payload)
{
    const struct work work = {
        .name = "bytes copied: 64 MiB resource made, registered, deleted",
        .run = make_register_delete,
        .context = payload,
        .size = PAYLOAD_SIZE,
        .copy = copy_once,
        .copy_context = payload,
    };

    return count(&work);
}

struct product {
    struct vaccel_session sess;
    float *a, *b, *c;
};

static int multiply(void *context, size_t calls)
{
    struct product *product = context;
    int ret = VACCEL_OK;

    while (calls--)
        ret |= vaccel_sgemm(&product->sess, SIDE, SIDE, SIDE, 1, product->a, SIDE, product->b, SIDE,
                            0, product->c, SIDE);
    return ret;
}

static int copy_matrices(void *context, size_t calls)
{
    void *(*volatile copy)(void *to, const void *from, size_t size) = memcpy;
    struct product *product = context;

    while (calls--) {
        copy(product->c, product->a, MATRIX_SIZE);
        copy(product->c, product->b, MATRIX_SIZE);
        copy(product->a, product->c, MATRIX_SIZE);
    }
    return VACCEL_OK;
}

/* By the plugin that @hint chooses. */
static int count_product(const char *name, uint32_t hint)
{
    float *matrices = calloc(3, MATRIX_SIZE);
    struct product product = {
        .a = matrices, .b = matrices + SIDE * SIDE, .c = matrices + 2 * SIDE * SIDE};
    const struct work work = {
        .name = name,
        .run = multiply,
        .context = &product,
        .size = 3 * MATRIX_SIZE,
        .copy = copy_matrices,
        .copy_context = &product,
    };
    int ret = matrices ? vaccel_session_init(&product.sess, hint) : VACCEL_ENOMEM;

    if (ret == VACCEL_OK) {
        ret = multiply(&product, 1); /* the first one may load things */
        if (ret == VACCEL_OK)
            ret = count(&work);
        vaccel_session_release(&product.sess);
    }
    free(matrices);
    return ret;
}

static int count_all(struct payload *payload)
{
    int ret = count_resource(payload);

    if (ret == VACCEL_OK)
        ret = count_product("bytes copied: vaccel_sgemm 1024, noop plugin", VACCEL_PLUGIN_DEBUG);
    if (ret == VACCEL_OK && WITH_BLAS)
        ret = vaccel_plugin_load("blas");
    if (ret == VACCEL_OK && WITH_BLAS)
        ret = count_product("bytes copied: vaccel_sgemm 1024, blas plugin", VACCEL_PLUGIN_CPU);
    return ret;
}

int main(int argc, char **argv)
{
    struct payload payload;
    int ret;

    measure_begin(argc, argv);
    ret = payload_begin(&payload);
    if (ret != VACCEL_OK)
        return failed("64 MiB and a session with the noop plugin", ret);
    ret = count_all(&payload);
    payload_end(&payload);
    return ret == VACCEL_OK ? EXIT_SUCCESS : failed("a call", ret);
}
