/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"
#include "operations.h"

#include <stdlib.h>

static const char *const formats[] = {"saved-model", "frozen-graph", NULL};

static const struct vaccel_model_engine engine = {
    .owner = &vaccel_this_plugin,
    .formats = formats,
    .load = model_load,
    .unload = model_unload,
    .info = model_info,
    .run = model_run,
};

/*
 * TensorFlow reads this when it is loaded, and without it tells on stderr of each step of a load. The
 * plugin is linked so that its constructor runs before those of what it needs.
 */
__attribute__((constructor)) static void quieten(void)
{
    setenv("TF_CPP_MIN_LOG_LEVEL", "2", 0);
}

static int init(void)
{
    int ret = model_read_setting();

    if (!ret)
        ret = operations_read_setting();
    if (!ret)
        ret = vaccel_plugin_register_model_engine(&engine);
    if (ret)
        operations_forget_setting();
    return ret;
}

static int fini(void)
{
    operations_forget_setting();
    return VACCEL_OK;
}

VACCEL_PLUGIN(.name = "tf", .version = VACCEL_VERSION, .vaccel_version = VACCEL_VERSION,
              .type = VACCEL_PLUGIN_CPU | VACCEL_PLUGIN_TENSORFLOW, .init = init, .fini = fini)
