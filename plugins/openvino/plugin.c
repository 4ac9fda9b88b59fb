/* SPDX-License-Identifier: Apache-2.0 */
#include "core.h"
#include "model.h"

static const char *const formats[] = {"onnx",        "openvino-ir",  "tflite",
                                      "saved-model", "frozen-graph", NULL};

static const struct vaccel_model_engine engine = {
    .owner = &vaccel_this_plugin,
    .formats = formats,
    .load = model_load,
    .unload = model_unload,
    .info = model_info,
    .run = model_run,
};

static int init(void)
{
    int ret = core_open();

    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_plugin_register_model_engine(&engine);
    if (ret != VACCEL_OK)
        core_close();
    return ret;
}

static int fini(void)
{
    core_close();
    return VACCEL_OK;
}

VACCEL_PLUGIN(.name = "openvino", .version = VACCEL_VERSION, .vaccel_version = VACCEL_VERSION,
              .type = VACCEL_PLUGIN_CPU | VACCEL_PLUGIN_GPU | VACCEL_PLUGIN_SOFTWARE, .init = init,
              .fini = fini)
