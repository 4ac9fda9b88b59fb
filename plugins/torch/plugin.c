/* SPDX-License-Identifier: Apache-2.0 */
#include "functions.h"

static const char *const formats[] = {"torchscript", NULL};

static const struct vaccel_model_engine engine = {
    .owner = &vaccel_this_plugin,
    .formats = formats,
    .load = torch_load,
    .unload = torch_unload,
    .info = torch_info,
    .run = torch_run,
};

static struct vaccel_op operation = VACCEL_OP_INIT(torch_sgemm, VACCEL_OP_TORCH_SGEMM, torch_sgemm);

static int init(void)
{
    int ret = torch_begin();

    if (ret == VACCEL_OK)
        ret = vaccel_plugin_register_model_engine(&engine);
    return ret == VACCEL_OK ? vaccel_plugin_register_op(&operation) : ret;
}

static int fini(void)
{
    return VACCEL_OK;
}

VACCEL_PLUGIN(.name = "torch", .version = VACCEL_VERSION, .vaccel_version = VACCEL_VERSION,
              .type = VACCEL_PLUGIN_CPU | VACCEL_PLUGIN_GPU | VACCEL_PLUGIN_TORCH, .init = init,
              .fini = fini)
