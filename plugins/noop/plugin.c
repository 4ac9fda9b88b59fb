/* SPDX-License-Identifier: Apache-2.0 */
#include "noop.h"

static int noop(struct vaccel_session *sess)
{
    (void)sess;
    return VACCEL_OK;
}

static struct vaccel_op ops[] = {
    VACCEL_OP_INIT(noop, VACCEL_OP_NOOP, noop),
    VACCEL_OP_INIT(exec, VACCEL_OP_EXEC, noop_exec),
    VACCEL_OP_INIT(exec_with_resource, VACCEL_OP_EXEC_WITH_RESOURCE, noop_exec_with_resource),
    VACCEL_OP_INIT(image_classify, VACCEL_OP_IMAGE_CLASSIFY, noop_image_classify),
    VACCEL_OP_INIT(image_detect, VACCEL_OP_IMAGE_DETECT, noop_image_other),
    VACCEL_OP_INIT(image_segment, VACCEL_OP_IMAGE_SEGMENT, noop_image_other),
    VACCEL_OP_INIT(image_pose, VACCEL_OP_IMAGE_POSE, noop_image_other),
    VACCEL_OP_INIT(image_depth, VACCEL_OP_IMAGE_DEPTH, noop_image_other),
    VACCEL_OP_INIT(tf_model_load, VACCEL_OP_TF_MODEL_LOAD, noop_tf_load),
    VACCEL_OP_INIT(tf_model_unload, VACCEL_OP_TF_MODEL_UNLOAD, noop_tf_load),
    VACCEL_OP_INIT(tf_model_run, VACCEL_OP_TF_MODEL_RUN, noop_tf_run),
    VACCEL_OP_INIT(tflite_model_load, VACCEL_OP_TFLITE_MODEL_LOAD, noop_tflite_load),
    VACCEL_OP_INIT(tflite_model_unload, VACCEL_OP_TFLITE_MODEL_UNLOAD, noop_tflite_load),
    VACCEL_OP_INIT(tflite_model_run, VACCEL_OP_TFLITE_MODEL_RUN, noop_tflite_run),
    VACCEL_OP_INIT(torch_model_load, VACCEL_OP_TORCH_MODEL_LOAD, noop_torch_load),
    VACCEL_OP_INIT(torch_model_run, VACCEL_OP_TORCH_MODEL_RUN, noop_torch_run),
    VACCEL_OP_INIT(torch_sgemm, VACCEL_OP_TORCH_SGEMM, noop_torch_sgemm),
    VACCEL_OP_INIT(sgemm, VACCEL_OP_BLAS_SGEMM, noop_sgemm),
    VACCEL_OP_INIT(fpga_arraycopy, VACCEL_OP_FPGA_ARRAYCOPY, noop_arraycopy),
    VACCEL_OP_INIT(fpga_mmult, VACCEL_OP_FPGA_MMULT, noop_mmult),
    VACCEL_OP_INIT(fpga_parallel, VACCEL_OP_FPGA_PARALLEL, noop_parallel),
    VACCEL_OP_INIT(fpga_vadd, VACCEL_OP_FPGA_VECTORADD, noop_vadd),
    VACCEL_OP_INIT(minmax, VACCEL_OP_MINMAX, noop_minmax),
    VACCEL_OP_INIT(opencv, VACCEL_OP_OPENCV, noop_opencv),
    VACCEL_OP_INIT(vision_classify, VACCEL_OP_VISION_CLASSIFY, noop_vision_classify),
    VACCEL_OP_INIT(vision_detect, VACCEL_OP_VISION_DETECT, noop_vision_detect),
    VACCEL_OP_INIT(vision_segment, VACCEL_OP_VISION_SEGMENT, noop_vision_segment),
    VACCEL_OP_INIT(vision_pose, VACCEL_OP_VISION_POSE, noop_vision_pose),
    VACCEL_OP_INIT(vision_depth, VACCEL_OP_VISION_DEPTH, noop_vision_depth),
};

static int init(void)
{
    int ret = vaccel_plugin_register_ops(ops, sizeof(ops) / sizeof(ops[0]));

    return ret == VACCEL_OK ? vaccel_plugin_register_model_engine(&noop_engine) : ret;
}

static int fini(void)
{
    return VACCEL_OK;
}

VACCEL_PLUGIN(.name = "noop", .version = VACCEL_VERSION, .vaccel_version = VACCEL_VERSION,
              .type = VACCEL_PLUGIN_DEBUG, .init = init, .fini = fini)
