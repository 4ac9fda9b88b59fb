/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/fallbacks.h"
#include "core/models.h"

/* What the frameworks' classic calls are for. A plugin whose engine has none of it is no reason to take them over. */
static const char *const of_tf[] = {"saved-model", "frozen-graph", NULL};
static const char *const of_tflite[] = {"tflite", NULL};
static const char *const of_torch[] = {"torchscript", NULL};

const struct dispatch_fallback dispatch_fallbacks[] = {
    {VACCEL_OP_IMAGE_CLASSIFY, VACCEL_OP_VISION_CLASSIFY, (any_function)image_classify_by_vision,
     NULL},
    {VACCEL_OP_IMAGE_DETECT, VACCEL_OP_VISION_DETECT, (any_function)image_detect_by_vision, NULL},
    {VACCEL_OP_IMAGE_SEGMENT, VACCEL_OP_VISION_SEGMENT, (any_function)image_segment_by_vision,
     NULL},
    {VACCEL_OP_IMAGE_POSE, VACCEL_OP_VISION_POSE, (any_function)image_pose_by_vision, NULL},
    {VACCEL_OP_IMAGE_DEPTH, VACCEL_OP_VISION_DEPTH, (any_function)image_depth_by_vision, NULL},
    {VACCEL_OP_MODEL_LOAD, VACCEL_OP_MAX, (any_function)model_load, NULL},
    {VACCEL_OP_MODEL_UNLOAD, VACCEL_OP_MAX, (any_function)model_unload, NULL},
    {VACCEL_OP_MODEL_INFO, VACCEL_OP_MAX, (any_function)model_info_by_engine, NULL},
    {VACCEL_OP_MODEL_RUN, VACCEL_OP_MAX, (any_function)model_run_by_engine, NULL},
    {VACCEL_OP_TF_MODEL_LOAD, VACCEL_OP_MAX, (any_function)tf_load_by_engine, of_tf},
    {VACCEL_OP_TF_MODEL_UNLOAD, VACCEL_OP_MAX, (any_function)tf_unload_by_engine, of_tf},
    {VACCEL_OP_TF_MODEL_RUN, VACCEL_OP_MAX, (any_function)tf_run_by_engine, of_tf},
    {VACCEL_OP_TFLITE_MODEL_LOAD, VACCEL_OP_MAX, (any_function)classic_load_by_engine, of_tflite},
    {VACCEL_OP_TFLITE_MODEL_UNLOAD, VACCEL_OP_MAX, (any_function)model_unload, of_tflite},
    {VACCEL_OP_TFLITE_MODEL_RUN, VACCEL_OP_MAX, (any_function)tflite_run_by_engine, of_tflite},
    {VACCEL_OP_TORCH_MODEL_LOAD, VACCEL_OP_MAX, (any_function)classic_load_by_engine, of_torch},
    {VACCEL_OP_TORCH_MODEL_RUN, VACCEL_OP_MAX, (any_function)torch_run_by_engine, of_torch},
    {VACCEL_OP_MAX, VACCEL_OP_MAX, NULL, NULL},
};
