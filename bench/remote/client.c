/* SPDX-License-Identifier: Apache-2.0 */
#include "client.h"

int client_begin(const char *address)
{
    struct vaccel_config config;
    int ret;

    setenv("VACCEL_RPC_ADDRESS", address, 1);
    ret = vaccel_config_init(&config, RPC_PLUGIN, VACCEL_LOG_ERROR, NULL, false, false);
    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_bootstrap_with_config(&config);
    vaccel_config_release(&config);
    return ret;
}

static size_t size_of_all(size_t side)
{
    return 3 * side * side * sizeof(float);
}

static int fill(struct product *product, size_t side, float *memory)
{
    size_t elements = side * side;
    size_t i;

    product->side = side;
    product->a = memory;
    if (!product->a)
        return VACCEL_ENOMEM;
    product->b = product->a + elements;
    product->c = product->b + elements;
    for (i = 0; i < 3 * elements; i++)
        product->a[i] = 1;
    return VACCEL_OK;
}

int product_begin(struct product *product, size_t side)
{
    return fill(product, side, malloc(size_of_all(side)));
}

int product_begin_shared(struct product *product, size_t side)
{
    return fill(product, side, vaccel_alloc(size_of_all(side)));
}

void product_end(struct product *product)
{
    free(product->a);
}

int product_multiply(const struct product *product, struct vaccel_session *sess)
{
    int64_t side = (int64_t)product->side;

    return vaccel_sgemm(sess, side, side, side, 1, product->a, side, product->b, side, 0,
                        product->c, side);
}
