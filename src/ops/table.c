/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/op.h"

/* Every operation once; its family's file describes it. */

extern const struct op_spec op_noop;
extern const struct op_spec op_exec;
extern const struct op_spec op_exec_with_resource;
extern const struct op_spec op_image_classify;
extern const struct op_spec op_image_detect;
extern const struct op_spec op_image_segment;
extern const struct op_spec op_image_pose;
extern const struct op_spec op_image_depth;
extern const struct op_spec op_tf_model_load;
extern const struct op_spec op_tf_model_unload;
extern const struct op_spec op_tf_model_run;
extern const struct op_spec op_tflite_model_load;
extern const struct op_spec op_tflite_model_unload;
extern const struct op_spec op_tflite_model_run;
extern const struct op_spec op_torch_model_load;
extern const struct op_spec op_torch_model_run;
extern const struct op_spec op_torch_sgemm;
extern const struct op_spec op_sgemm;
extern const struct op_spec op_fpga_arraycopy;
extern const struct op_spec op_fpga_mmult;
extern const struct op_spec op_fpga_parallel;
extern const struct op_spec op_fpga_vadd;
extern const struct op_spec op_minmax;
extern const struct op_spec op_opencv;
extern const struct op_spec op_vision_classify;
extern const struct op_spec op_vision_detect;
extern const struct op_spec op_vision_segment;
extern const struct op_spec op_vision_pose;
extern const struct op_spec op_vision_depth;

const struct op_spec *const op_specs[VACCEL_OP_MAX] = {
    [VACCEL_OP_NOOP] = &op_noop,
    [VACCEL_OP_EXEC] = &op_exec,
    [VACCEL_OP_EXEC_WITH_RESOURCE] = &op_exec_with_resource,
    [VACCEL_OP_IMAGE_CLASSIFY] = &op_image_classify,
    [VACCEL_OP_IMAGE_DETECT] = &op_image_detect,
    [VACCEL_OP_IMAGE_SEGMENT] = &op_image_segment,
    [VACCEL_OP_IMAGE_POSE] = &op_image_pose,
    [VACCEL_OP_IMAGE_DEPTH] = &op_image_depth,
    [VACCEL_OP_TF_MODEL_LOAD] = &op_tf_model_load,
    [VACCEL_OP_TF_MODEL_UNLOAD] = &op_tf_model_unload,
    [VACCEL_OP_TF_MODEL_RUN] = &op_tf_model_run,
    [VACCEL_OP_TFLITE_MODEL_LOAD] = &op_tflite_model_load,
    [VACCEL_OP_TFLITE_MODEL_UNLOAD] = &op_tflite_model_unload,
    [VACCEL_OP_TFLITE_MODEL_RUN] = &op_tflite_model_run,
    [VACCEL_OP_TORCH_MODEL_LOAD] = &op_torch_model_load,
    [VACCEL_OP_TORCH_MODEL_RUN] = &op_torch_model_run,
    [VACCEL_OP_TORCH_SGEMM] = &op_torch_sgemm,
    [VACCEL_OP_BLAS_SGEMM] = &op_sgemm,
    [VACCEL_OP_FPGA_ARRAYCOPY] = &op_fpga_arraycopy,
    [VACCEL_OP_FPGA_MMULT] = &op_fpga_mmult,
    [VACCEL_OP_FPGA_PARALLEL] = &op_fpga_parallel,
    [VACCEL_OP_FPGA_VECTORADD] = &op_fpga_vadd,
    [VACCEL_OP_MINMAX] = &op_minmax,
    [VACCEL_OP_OPENCV] = &op_opencv,
    [VACCEL_OP_VISION_CLASSIFY] = &op_vision_classify,
    [VACCEL_OP_VISION_DETECT] = &op_vision_detect,
    [VACCEL_OP_VISION_SEGMENT] = &op_vision_segment,
    [VACCEL_OP_VISION_POSE] = &op_vision_pose,
    [VACCEL_OP_VISION_DEPTH] = &op_vision_depth,
};
