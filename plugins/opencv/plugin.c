/* SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"
#include "operations.h"

static struct vaccel_op operations[] = {
    VACCEL_OP_INIT(classify, VACCEL_OP_VISION_CLASSIFY, opencv_classify),
    VACCEL_OP_INIT(detect, VACCEL_OP_VISION_DETECT, opencv_detect),
    VACCEL_OP_INIT(segment, VACCEL_OP_VISION_SEGMENT, opencv_segment),
    VACCEL_OP_INIT(pose, VACCEL_OP_VISION_POSE, opencv_pose),
    VACCEL_OP_INIT(depth, VACCEL_OP_VISION_DEPTH, opencv_depth),
    VACCEL_OP_INIT(function, VACCEL_OP_OPENCV, opencv_function),
};

static const char *const formats[] = {"onnx", NULL};

static const struct vaccel_model_engine engine = {
    .owner = &vaccel_this_plugin,
    .formats = formats,
    .load = opencv_model_load,
    .unload = opencv_model_unload,
    .info = opencv_model_info,
    .run = opencv_model_run,
};

static int init(void)
{
    int ret = vaccel_plugin_register_ops(operations, sizeof(operations) / sizeof(operations[0]));

    return ret == VACCEL_OK ? vaccel_plugin_register_model_engine(&engine) : ret;
}

static int fini(void)
{
    opencv_release();
    return VACCEL_OK;
}

VACCEL_PLUGIN(.name = "opencv", .version = VACCEL_VERSION, .vaccel_version = VACCEL_VERSION,
              .type = VACCEL_PLUGIN_CPU | VACCEL_PLUGIN_SOFTWARE, .init = init, .fini = fini)
