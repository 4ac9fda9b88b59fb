/* SPDX-License-Identifier: Apache-2.0 */
/* A product of 1024 x 1024 matrices through the blas plugin, and by CBLAS itself. */
#include "measure.h"
#include "vaccel.h"

#include <cblas.h>

enum { SIDE = 1024, ELEMENTS = SIDE * SIDE };

struct product {
    struct vaccel_session sess;
    float *a, *b, *c;
};

static int by_plugin(void *context, size_t calls)
{
    struct product *product = context;
    int ret = VACCEL_OK;

    while (calls--)
        ret |= vaccel_sgemm(&product->sess, SIDE, SIDE, SIDE, 1, product->a, SIDE, product->b, SIDE,
                            0, product->c, SIDE);
    return ret;
}

static int by_cblas(void *context, size_t calls)
{
    struct product *product = context;

    while (calls--)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, SIDE, SIDE, SIDE, 1, product->a,
                    SIDE, product->b, SIDE, 0, product->c, SIDE);
    return VACCEL_OK;
}

static void fill(float *matrix, uint32_t seed)
{
    size_t i;

    for (i = 0; i < ELEMENTS; i++) {
        seed = seed * 1664525 + 1013904223;
        matrix[i] = (float)(seed >> 8) / (1 << 24) - 0.5F;
    }
}

/* Both must compute the same, or they are not worth comparing. */
static int check(struct product *product)
{
    float *expected = malloc(ELEMENTS * sizeof(*expected));
    int ret = expected ? by_cblas(product, 1) : VACCEL_ENOMEM;

    if (ret == VACCEL_OK) {
        memcpy(expected, product->c, ELEMENTS * sizeof(*expected));
        memset(product->c, 0, ELEMENTS * sizeof(*expected));
        ret = by_plugin(product, 1);
    }
    if (ret == VACCEL_OK && memcmp(expected, product->c, ELEMENTS * sizeof(*expected)) != 0)
        ret = VACCEL_EBACKEND;
    free(expected);
    return ret;
}

static int compare(struct product *product)
{
    const struct contest contest = {
        .name = nr_cores() == 1 ? "SGEMM 1024, blas plugin, one core"
                                : "SGEMM 1024, blas plugin, all cores",
        .unit = "ms",
        .unit_ns = 1e6,
        .run = by_plugin,
        .yardstick = "cblas_sgemm",
        .run_yardstick = by_cblas,
        .context = product,
        .calls = 1,
        .samples = 151,
        .clock = busy_clock(),
        .comparison = RATIO,
        .bar = {"low", "at most", 1.01},
    };

    return contest_hold(&contest);
}

int main(int argc, char **argv)
{
    float *matrices = malloc(3 * ELEMENTS * sizeof(*matrices));
    struct product product = {.a = matrices};
    int ret;

    measure_begin(argc, argv);
    ret = matrices ? vaccel_plugin_load("blas") : VACCEL_ENOMEM;
    if (ret == VACCEL_OK)
        ret = vaccel_session_init(&product.sess, 0);
    if (ret != VACCEL_OK) {
        free(matrices);
        return failed("a session with the blas plugin", ret);
    }
    product.b = product.a + ELEMENTS;
    product.c = product.b + ELEMENTS;
    fill(product.a, 1);
    fill(product.b, 2);
    ret = check(&product);
    if (ret == VACCEL_OK)
        ret = compare(&product);
    vaccel_session_release(&product.sess);
    free(matrices);
    return ret == VACCEL_OK ? EXIT_SUCCESS : failed("a product", ret);
}
