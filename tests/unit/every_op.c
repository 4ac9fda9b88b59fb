/* SPDX-License-Identifier: Apache-2.0 */
#include "every_op.h"

#include <stdlib.h>
#include <string.h>

struct outputs outputs;
struct vaccel_resource every_op_library, every_op_model;

/* A is 2 x 3, B is 3 x 4, C is 2 x 4; rows lie further apart than need be. */
static const int64_t m = 2, n = 4, k = 3, lda = 5, ldb = 6, ldc = 7;
static const float alpha = 1.5F, beta = 0.5F;
static float a[] = {1, 2, 3, -1, -1, 4, 5, 6, -1, -1};
static float b[] = {1, 0, 2, 0, -1, -1, 0, 1, 0, 2, -1, -1, 3, 3, 3, 3, -1, -1};
enum { NR_C = 7 + 4 };

static int ints[] = {3, 1, 4, 1, 5};
static const double doubles[] = {2.5, -7.0, 18.25, 2.0};
static const int low = -3, high = 11;
static int32_t one_int = 77;
static char some_bytes[] = "any bytes";

void form_read(struct general *form, vaccel_arg_type_t type, const void *data, size_t size)
{
    form->read[form->nr_read++] =
        (struct vaccel_arg){.buf = (void *)data, .size = size, .type = type};
}

void form_write(struct general *form, vaccel_arg_type_t type, void *data, size_t size)
{
    form->write[form->nr_write++] = (struct vaccel_arg){.buf = data, .size = size, .type = type};
}

void outputs_reset(void)
{
    memset(&outputs, 0, sizeof(outputs));
    for (int i = 0; i < NR_C; i++)
        outputs.floats[i] = (float)i;
}

void every_op_begin(struct vaccel_session *sess)
{
    static const char code[] = "code", weights[] = "weights";
    int ret = vaccel_resource_init_from_buf(&every_op_library, code, sizeof(code),
                                            VACCEL_RESOURCE_LIB, "code.so", true);

    ret |= vaccel_resource_init_from_buf(&every_op_model, weights, sizeof(weights),
                                         VACCEL_RESOURCE_MODEL, "weights.pt", true);
    ret |= vaccel_resource_register(&every_op_library, sess);
    ret |= vaccel_resource_register(&every_op_model, sess);
    ret |= vaccel_model_load(sess, &every_op_model, NULL);
    if (ret)
        abort();
}

void every_op_end(void)
{
    if (vaccel_resource_release(&every_op_library) || vaccel_resource_release(&every_op_model))
        abort();
}

static void general_noop(struct general *form)
{
    (void)form;
}

static void user_args(struct general *form)
{
    form_read(form, VACCEL_ARG_INT32, &one_int, sizeof(one_int));
    form_read(form, VACCEL_ARG_BUFFER, some_bytes, sizeof(some_bytes));
    form_write(form, VACCEL_ARG_RAW, outputs.opaque[0], sizeof(outputs.opaque[0]));
    form_write(form, VACCEL_ARG_UINT8_ARRAY, outputs.opaque[1], sizeof(outputs.opaque[1]));
}

static int typed_exec(struct vaccel_session *sess)
{
    struct general form = {0};

    user_args(&form);
    return vaccel_exec(sess, "library.so", "symbol", form.read, form.nr_read, form.write,
                       form.nr_write);
}

static void general_exec(struct general *form)
{
    form_read(form, VACCEL_ARG_STRING, "library.so", sizeof("library.so"));
    form_read(form, VACCEL_ARG_STRING, "symbol", sizeof("symbol"));
    user_args(form);
}

static int typed_exec_with_resource(struct vaccel_session *sess)
{
    struct general form = {0};

    user_args(&form);
    return vaccel_exec_with_resource(sess, &every_op_library, "!fails", form.read, form.nr_read,
                                     form.write, form.nr_write);
}

static void general_exec_with_resource(struct general *form)
{
    form_read(form, VACCEL_ARG_INT64, &every_op_library.id, sizeof(every_op_library.id));
    form_read(form, VACCEL_ARG_STRING, "!fails", sizeof("!fails"));
    user_args(form);
}

static int typed_opencv(struct vaccel_session *sess)
{
    struct general form = {0};

    user_args(&form);
    return vaccel_opencv(sess, form.read, (int)form.nr_read, form.write, (int)form.nr_write);
}

static int typed_sgemm(struct vaccel_session *sess)
{
    return vaccel_sgemm(sess, m, n, k, alpha, a, lda, b, ldb, beta, outputs.floats, ldc);
}

static void general_sgemm(struct general *form)
{
    form_read(form, VACCEL_ARG_INT64, &m, sizeof(m));
    form_read(form, VACCEL_ARG_INT64, &n, sizeof(n));
    form_read(form, VACCEL_ARG_INT64, &k, sizeof(k));
    form_read(form, VACCEL_ARG_FLOAT32, &alpha, sizeof(alpha));
    form_read(form, VACCEL_ARG_FLOAT32_ARRAY, a, (5 + 3) * sizeof(*a));
    form_read(form, VACCEL_ARG_INT64, &lda, sizeof(lda));
    form_read(form, VACCEL_ARG_FLOAT32_ARRAY, b, (2 * 6 + 4) * sizeof(*b));
    form_read(form, VACCEL_ARG_INT64, &ldb, sizeof(ldb));
    form_read(form, VACCEL_ARG_FLOAT32, &beta, sizeof(beta));
    form_read(form, VACCEL_ARG_INT64, &ldc, sizeof(ldc));
    form_write(form, VACCEL_ARG_FLOAT32_ARRAY, outputs.floats, NR_C * sizeof(float));
}

static int typed_minmax(struct vaccel_session *sess)
{
    return vaccel_minmax(sess, doubles, 4, low, high, outputs.doubles, &outputs.min, &outputs.max);
}

static void general_minmax(struct general *form)
{
    static const int32_t count = 4;

    form_read(form, VACCEL_ARG_FLOAT64_ARRAY, doubles, sizeof(doubles));
    form_read(form, VACCEL_ARG_INT32, &count, sizeof(count));
    form_read(form, VACCEL_ARG_INT32, &low, sizeof(low));
    form_read(form, VACCEL_ARG_INT32, &high, sizeof(high));
    form_write(form, VACCEL_ARG_FLOAT64_ARRAY, outputs.doubles, sizeof(outputs.doubles));
    form_write(form, VACCEL_ARG_FLOAT64, &outputs.min, sizeof(double));
    form_write(form, VACCEL_ARG_FLOAT64, &outputs.max, sizeof(double));
}

static int typed_arraycopy(struct vaccel_session *sess)
{
    return vaccel_fpga_arraycopy(sess, ints, outputs.ints, 5);
}

static void general_arraycopy(struct general *form)
{
    form_read(form, VACCEL_ARG_INT32_ARRAY, ints, sizeof(ints));
    form_write(form, VACCEL_ARG_INT32_ARRAY, outputs.ints, sizeof(ints));
}

static int typed_mmult(struct vaccel_session *sess)
{
    return vaccel_fpga_mmult(sess, a, b, outputs.floats, 10);
}

static int typed_parallel(struct vaccel_session *sess)
{
    return vaccel_fpga_parallel(sess, a, b, outputs.floats, outputs.more_floats, 10);
}

static int typed_vadd(struct vaccel_session *sess)
{
    return vaccel_fpga_vadd(sess, a, b, outputs.floats, 10, 10);
}

static void general_two_floats(struct general *form)
{
    form_read(form, VACCEL_ARG_FLOAT32_ARRAY, a, sizeof(a));
    form_read(form, VACCEL_ARG_FLOAT32_ARRAY, b, sizeof(a));
    form_write(form, VACCEL_ARG_FLOAT32_ARRAY, outputs.floats, sizeof(a));
}

static void general_parallel(struct general *form)
{
    general_two_floats(form);
    form_write(form, VACCEL_ARG_FLOAT32_ARRAY, outputs.more_floats, sizeof(a));
}

const struct every_op every_op[VACCEL_OP_MAX] = {
    {VACCEL_OP_NOOP, vaccel_noop, general_noop, NULL, false},
    {VACCEL_OP_EXEC, typed_exec, general_exec, NULL, true},
    {VACCEL_OP_EXEC_WITH_RESOURCE, typed_exec_with_resource, general_exec_with_resource, NULL,
     true},
    {VACCEL_OP_IMAGE_CLASSIFY, typed_classify, general_classify, NULL, false},
    {VACCEL_OP_IMAGE_DETECT, typed_detect, general_image, NULL, false},
    {VACCEL_OP_IMAGE_SEGMENT, typed_segment, general_image, NULL, false},
    {VACCEL_OP_IMAGE_POSE, typed_pose, general_image, NULL, false},
    {VACCEL_OP_IMAGE_DEPTH, typed_depth, general_image, NULL, false},
    {VACCEL_OP_TF_MODEL_LOAD, typed_tf_load, general_tf_model, NULL, false},
    {VACCEL_OP_TF_MODEL_UNLOAD, typed_tf_unload, general_tf_model, NULL, false},
    {VACCEL_OP_TF_MODEL_RUN, typed_tf_run, general_tf_run, take_tensors, false},
    {VACCEL_OP_TFLITE_MODEL_LOAD, typed_tflite_load, general_model, NULL, false},
    {VACCEL_OP_TFLITE_MODEL_UNLOAD, typed_tflite_unload, general_model, NULL, false},
    {VACCEL_OP_TFLITE_MODEL_RUN, typed_tflite_run, general_tflite_run, take_tensors, false},
    {VACCEL_OP_TORCH_MODEL_LOAD, typed_torch_load, general_model, NULL, false},
    {VACCEL_OP_TORCH_MODEL_RUN, typed_torch_run, general_torch_run, take_tensors, false},
    {VACCEL_OP_TORCH_SGEMM, typed_torch_sgemm, general_torch_sgemm, take_tensors, false},
    {VACCEL_OP_BLAS_SGEMM, typed_sgemm, general_sgemm, NULL, false},
    {VACCEL_OP_FPGA_ARRAYCOPY, typed_arraycopy, general_arraycopy, NULL, false},
    {VACCEL_OP_FPGA_MMULT, typed_mmult, general_two_floats, NULL, false},
    {VACCEL_OP_FPGA_PARALLEL, typed_parallel, general_parallel, NULL, false},
    {VACCEL_OP_FPGA_VECTORADD, typed_vadd, general_two_floats, NULL, false},
    {VACCEL_OP_MINMAX, typed_minmax, general_minmax, NULL, false},
    {VACCEL_OP_OPENCV, typed_opencv, user_args, NULL, true},
    {VACCEL_OP_VISION_CLASSIFY, typed_vision_classify, general_lists, take_lists, false},
    {VACCEL_OP_VISION_DETECT, typed_vision_detect, general_lists, take_lists, false},
    {VACCEL_OP_VISION_SEGMENT, typed_vision_segment, general_segment, take_segment, false},
    {VACCEL_OP_VISION_POSE, typed_vision_pose, general_lists, take_lists, false},
    {VACCEL_OP_VISION_DEPTH, typed_vision_depth, general_depth, take_depth, false},
    {VACCEL_OP_MODEL_LOAD, typed_model_load, general_model_load, NULL, false},
    {VACCEL_OP_MODEL_UNLOAD, typed_model_unload, general_model, take_unload, false},
    {VACCEL_OP_MODEL_INFO, typed_model_info, general_model_info, NULL, false},
    {VACCEL_OP_MODEL_RUN, typed_model_run, general_model_run, take_tensors, false},
};
