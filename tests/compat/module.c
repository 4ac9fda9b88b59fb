/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin in the style of before vAccel 0.8, by the old names. */
#include <vaccel.h>

static int detect(struct vaccel_session *sess, const void *img, unsigned char *out_imgname,
                  size_t len_img, size_t len_out_imgname)
{
    (void)sess, (void)img, (void)len_img;
    snprintf((char *)out_imgname, len_out_imgname, "module.png");
    return VACCEL_OK;
}

static int vadd(struct vaccel_session *sess, float A[], float B[], float C[], size_t len_a,
                size_t len_b)
{
    (void)sess, (void)len_b;
    for (size_t i = 0; i < len_a; i++)
        C[i] = A[i] - B[i];
    return VACCEL_OK;
}

static struct vaccel_op ops[] = {
    VACCEL_OP_INIT(detect, VACCEL_OP_IMAGE_DETECT, detect),
};
static struct vaccel_op one = VACCEL_OP_INIT(vadd, VACCEL_OP_FPGA_VECTORADD, vadd);

static int init(void)
{
    int ret = register_plugin_functions(ops, sizeof(ops) / sizeof(ops[0]));

    return ret ? ret : register_plugin_function(&one);
}

static int fini(void)
{
    return VACCEL_OK;
}

/* clang-format off */
VACCEL_MODULE(
    .name = "module",
    .version = VACCEL_VERSION,
    .vaccel_version = "v" VACCEL_VERSION "-1-gabcdef",
    .type = VACCEL_PLUGIN_FPGA,
    .init = init,
    .fini = fini,
);
