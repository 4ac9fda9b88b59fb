/* SPDX-License-Identifier: Apache-2.0 */
/* The typed operations refuse what cannot be, before a plugin sees it. */
#include "with_plugins.h"

#include <setjmp.h>

#include <cmocka.h>

static struct vaccel_session sess;
static struct vaccel_resource lib, model, stranger, released;

static int make(struct vaccel_resource *res, vaccel_resource_type_t type)
{
    return vaccel_resource_init_from_buf(res, "x", 1, type, NULL, true);
}

static int begin(void **state)
{
    (void)state;
    return library_begin("noop") || vaccel_session_init(&sess, 0) ||
           make(&lib, VACCEL_RESOURCE_LIB) || make(&model, VACCEL_RESOURCE_MODEL) ||
           make(&stranger, VACCEL_RESOURCE_MODEL) || make(&released, VACCEL_RESOURCE_MODEL) ||
           vaccel_resource_register(&lib, &sess) || vaccel_resource_register(&model, &sess) ||
           vaccel_resource_register(&released, &sess) || vaccel_resource_release(&released);
}

static int end(void **state)
{
    (void)state;
    return vaccel_cleanup();
}

static int sgemm(int64_t m, int64_t n, int64_t k, int64_t lda, int64_t ldb, int64_t ldc)
{
    static float numbers[64];

    return vaccel_sgemm(&sess, m, n, k, 1, numbers, lda, numbers, ldb, 0, numbers, ldc);
}

static void test_sgemm_sizes(void **state)
{
    (void)state;
    assert_int_equal(sgemm(2, 3, 4, 4, 3, 3), 0);
    assert_int_equal(sgemm(2, 3, 4, 5, 4, 4), 0);
    assert_int_equal(sgemm(0, 3, 4, 4, 3, 3), 0);
    assert_int_equal(sgemm(2, 0, 4, 4, 1, 1), 0);
    assert_int_equal(sgemm(2, 3, 0, 1, 3, 3), 0);
    assert_int_equal(sgemm(2, 3, 4, 3, 3, 3), VACCEL_EINVAL);
    assert_int_equal(sgemm(2, 3, 4, 4, 2, 3), VACCEL_EINVAL);
    assert_int_equal(sgemm(2, 3, 4, 4, 3, 2), VACCEL_EINVAL);
    assert_int_equal(sgemm(-1, 3, 4, 4, 3, 3), VACCEL_EINVAL);
    assert_int_equal(sgemm(2, -1, 4, 4, 3, 3), VACCEL_EINVAL);
    assert_int_equal(sgemm(2, 3, -1, 4, 3, 3), VACCEL_EINVAL);
    assert_int_equal(sgemm(2, 3, 4, -4, 3, 3), VACCEL_EINVAL);
    assert_int_equal(sgemm(2, 3, 0, 0, 3, 3), VACCEL_EINVAL);
    assert_int_equal(sgemm(INT64_MIN, 3, 4, 4, 3, 3), VACCEL_EINVAL);
}

static void test_sgemm_sizes_that_overflow(void **state)
{
    const int64_t most = INT64_MAX;

    (void)state;
    assert_int_equal(sgemm(most, 1, 1, most, 1, 1), VACCEL_EINVAL);
    assert_int_equal(sgemm(1LL << 32, 1, 1LL << 32, 1LL << 32, 1, 1), VACCEL_EINVAL);
    assert_int_equal(sgemm(1LL << 31, 1LL << 31, 1, 1, 1LL << 31, 1LL << 32), VACCEL_EINVAL);
    assert_int_equal(sgemm(2, 1, 1, 1, 1, most), VACCEL_EINVAL);
    assert_int_equal(sgemm(1LL << 29, 1, 1, 1LL << 34, 1, 1), VACCEL_EINVAL);
}

static void test_sgemm_without_matrices(void **state)
{
    float one[1] = {1};

    (void)state;
    assert_int_equal(vaccel_sgemm(NULL, 1, 1, 1, 1, one, 1, one, 1, 0, one, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_sgemm(&sess, 1, 1, 1, 1, NULL, 1, one, 1, 0, one, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_sgemm(&sess, 1, 1, 1, 1, one, 1, NULL, 1, 0, one, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_sgemm(&sess, 1, 1, 1, 1, one, 1, one, 1, 0, NULL, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_sgemm(&sess, 1, 1, 0, 1, NULL, 1, NULL, 1, 0, one, 1), 0);
}

static void test_exec_needs_names_and_arrays(void **state)
{
    struct vaccel_arg arg = {0};

    (void)state;
    assert_int_equal(vaccel_exec(NULL, "l", "s", NULL, 0, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_exec(&sess, NULL, "s", NULL, 0, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_exec(&sess, "l", NULL, NULL, 0, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_exec(&sess, "l", "s", NULL, 1, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_exec(&sess, "l", "s", NULL, 0, NULL, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_exec(&sess, "l", "s", &arg, 1, &arg, 1), 0);
    assert_int_equal(vaccel_exec_with_resource(NULL, &lib, "s", NULL, 0, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_exec_with_resource(&sess, &lib, NULL, NULL, 0, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_exec_with_resource(&sess, &lib, "s", NULL, 1, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_exec_with_resource(&sess, &lib, "s", NULL, 0, NULL, 0), 0);
}

static void test_the_resource_of_an_operation(void **state)
{
    struct vaccel_resource none = {0};

    (void)state;
    assert_int_equal(vaccel_exec_with_resource(&sess, NULL, "s", NULL, 0, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_exec_with_resource(&sess, &model, "s", NULL, 0, NULL, 0),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_torch_model_load(&sess, &model), 0);
    assert_int_equal(vaccel_torch_model_load(NULL, &model), VACCEL_EINVAL);
    assert_int_equal(vaccel_torch_model_load(&sess, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_torch_model_load(&sess, &lib), VACCEL_EINVAL);
    assert_int_equal(vaccel_torch_model_load(&sess, &stranger), VACCEL_EPERM);
    assert_int_equal(vaccel_torch_model_load(&sess, &released), VACCEL_ESESS);
    assert_int_equal(vaccel_torch_model_load(&sess, &none), VACCEL_ESESS);
    assert_int_equal(vaccel_tflite_model_load(&sess, &stranger), VACCEL_EPERM);
    assert_int_equal(vaccel_tflite_model_unload(&sess, &lib), VACCEL_EINVAL);
}

/* The status can be released after each call, whatever came of it. */
static void test_the_status_of_a_call_that_was_refused(void **state)
{
    struct vaccel_tf_status status;

    (void)state;
    memset(&status, 0x5a, sizeof(status));
    assert_int_equal(vaccel_tf_model_load(&sess, &stranger, &status), VACCEL_EPERM);
    assert_null(status.message);
    memset(&status, 0x5a, sizeof(status));
    assert_int_equal(
        vaccel_tf_model_run(&sess, &model, NULL, NULL, NULL, 0, NULL, NULL, 0, &status),
        VACCEL_EINVAL);
    assert_null(status.message);
    assert_int_equal(vaccel_tf_model_load(&sess, &model, &status), 0);
    assert_non_null(status.message);
    assert_int_equal(vaccel_tf_status_release(&status), 0);
    assert_int_equal(vaccel_tf_model_unload(&sess, &model, NULL), 0);
}

static int64_t dims[] = {2, 2};
static float numbers[4];

static int run_torch(struct vaccel_torch_tensor *in, int nr_inputs, int nr_outputs)
{
    struct vaccel_torch_tensor *const ins[] = {in};
    struct vaccel_torch_tensor *outs[2] = {(void *)1, (void *)1};
    int ret = vaccel_torch_model_run(&sess, &model, NULL, ins, nr_inputs, outs, nr_outputs);

    if (ret == VACCEL_OK)
        vaccel_torch_tensor_delete(outs[0]);
    return ret;
}

static void test_tensors_of_a_run(void **state)
{
    const struct vaccel_torch_tensor good = {numbers, sizeof(numbers),   false, 2,
                                             dims,    VACCEL_TORCH_FLOAT};
    struct vaccel_torch_tensor in = good;
    int64_t bad_dims[] = {1LL << 62, 8};

    (void)state;
    assert_int_equal(run_torch(&in, 1, 1), 0);
    assert_int_equal(run_torch(NULL, 1, 1), VACCEL_EINVAL);
    assert_int_equal(run_torch(&in, 0, 1), VACCEL_EINVAL);
    assert_int_equal(run_torch(&in, -1, 1), VACCEL_EINVAL);
    assert_int_equal(run_torch(&in, 1, 0), VACCEL_EINVAL);
    assert_int_equal(run_torch(&in, 1, -1), VACCEL_EINVAL);
    in.size--;
    assert_int_equal(run_torch(&in, 1, 1), VACCEL_EINVAL);
    in = good;
    in.data = NULL;
    assert_int_equal(run_torch(&in, 1, 1), VACCEL_EINVAL);
    in = good;
    in.nr_dims = 17;
    assert_int_equal(run_torch(&in, 1, 1), VACCEL_EINVAL);
    in.nr_dims = INT64_MAX;
    assert_int_equal(run_torch(&in, 1, 1), VACCEL_EINVAL);
    in = good;
    in.dims = NULL;
    assert_int_equal(run_torch(&in, 1, 1), VACCEL_EINVAL);
    in.dims = bad_dims;
    assert_int_equal(run_torch(&in, 1, 1), VACCEL_EINVAL);
}

static void test_arrays_of_a_run(void **state)
{
    struct vaccel_torch_tensor in = {numbers, sizeof(numbers), false, 2, dims, VACCEL_TORCH_FLOAT};
    struct vaccel_torch_tensor *const ins[] = {&in};
    struct vaccel_torch_tensor *outs[2] = {(void *)1, (void *)1};

    (void)state;
    assert_int_equal(vaccel_torch_model_run(&sess, &model, NULL, NULL, 1, outs, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_torch_model_run(&sess, &model, NULL, ins, 1, NULL, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_torch_model_run(&sess, &model, NULL, ins, 1, outs, 2), VACCEL_EINVAL);
    assert_null(outs[0]);
    assert_null(outs[1]);
    assert_int_equal(vaccel_torch_model_run(&sess, &stranger, NULL, ins, 1, outs, 1), VACCEL_EPERM);
}

static void test_nodes_of_a_tf_run(void **state)
{
    struct vaccel_tf_tensor in = {numbers, sizeof(numbers), false, 2, dims, VACCEL_TF_FLOAT};
    struct vaccel_tf_tensor *const ins[] = {&in};
    struct vaccel_tf_tensor *outs[1];
    struct vaccel_tf_node node = {(char *)"n", 0}, nameless = {NULL, 0};

    (void)state;
    assert_int_equal(vaccel_tf_model_run(&sess, &model, NULL, NULL, ins, 1, &node, outs, 1, NULL),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_tf_model_run(&sess, &model, NULL, &node, ins, 1, NULL, outs, 1, NULL),
                     VACCEL_EINVAL);
    assert_int_equal(
        vaccel_tf_model_run(&sess, &model, NULL, &nameless, ins, 1, &node, outs, 1, NULL),
        VACCEL_EINVAL);
    assert_int_equal(vaccel_tf_model_run(&sess, &model, NULL, &node, ins, 1, &node, outs, 1, NULL),
                     0);
    vaccel_tf_tensor_delete(outs[0]);
}

static void test_torch_sgemm_shapes(void **state)
{
    struct vaccel_torch_tensor in = {numbers, sizeof(numbers), false, 2, dims, VACCEL_TORCH_FLOAT};
    struct vaccel_torch_tensor *matrix = &in, *none = NULL, *out;

    (void)state;
    assert_int_equal(vaccel_torch_sgemm(&sess, &matrix, &matrix, &matrix, 2, 2, 3, &out),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_torch_sgemm(&sess, &matrix, &matrix, &matrix, 0, 2, 2, &out),
                     VACCEL_EINVAL);
    assert_int_equal(
        vaccel_torch_sgemm(&sess, &matrix, &matrix, &matrix, INT32_MAX, INT32_MAX, 1, &out),
        VACCEL_EINVAL);
    assert_int_equal(vaccel_torch_sgemm(&sess, &none, &matrix, &matrix, 2, 2, 2, &out),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_torch_sgemm(&sess, NULL, &matrix, &matrix, 2, 2, 2, &out),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_torch_sgemm(&sess, &matrix, &matrix, &matrix, 2, 2, 2, NULL),
                     VACCEL_EINVAL);
    in.data_type = VACCEL_TORCH_INT;
    assert_int_equal(vaccel_torch_sgemm(&sess, &matrix, &matrix, &matrix, 2, 2, 2, &out),
                     VACCEL_EINVAL);
}

static void test_pictures(void **state)
{
    struct vaccel_output out;
    unsigned char room[8];

    (void)state;
    assert_int_equal(vaccel_image_pose(&sess, "i", room, 1, 8), 0);
    assert_string_equal((char *)room, "This is");
    assert_int_equal(vaccel_image_pose(&sess, NULL, room, 1, 8), VACCEL_EINVAL);
    assert_int_equal(vaccel_image_pose(NULL, "i", room, 1, 8), VACCEL_EINVAL);
    memset(&out, 0x5a, sizeof(out));
    assert_int_equal(vaccel_vision_pose(&sess, NULL, 1, &out, NULL), VACCEL_EINVAL);
    assert_int_equal(out.held, 0);
    assert_int_equal(vaccel_vision_pose(&sess, "i", 0, NULL, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_vision_pose(NULL, "i", 1, NULL, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_vision_pose(&sess, "i", 1, NULL, NULL), 0);
    assert_int_equal(vaccel_vision_segment(&sess, "i", 1, NULL, NULL, NULL, NULL), 0);
    assert_int_equal(vaccel_vision_depth(&sess, "i", 1, NULL, NULL, NULL), 0);
    assert_int_equal(vaccel_vision_depth(&sess, NULL, 1, NULL, NULL, NULL), VACCEL_EINVAL);
}

static void test_demonstrations_of_old(void **state)
{
    int ints[2] = {1, 2};
    float some[2] = {1, 2};
    double values[2] = {1, 2}, least, greatest;

    (void)state;
    assert_int_equal(vaccel_fpga_arraycopy(&sess, ints, ints, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_fpga_arraycopy(&sess, NULL, ints, 2), VACCEL_EINVAL);
    assert_int_equal(vaccel_fpga_arraycopy(&sess, ints, ints, SIZE_MAX), VACCEL_EINVAL);
    assert_int_equal(vaccel_fpga_mmult(&sess, some, some, NULL, 2), VACCEL_EINVAL);
    assert_int_equal(vaccel_fpga_parallel(&sess, some, some, NULL, some, 2), VACCEL_EINVAL);
    assert_int_equal(vaccel_fpga_vadd(&sess, some, some, some, 2, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_fpga_vadd(NULL, some, some, some, 2, 2), VACCEL_EINVAL);
    assert_int_equal(vaccel_minmax(&sess, values, 0, 0, 1, values, &least, &greatest),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_minmax(&sess, values, -1, 0, 1, values, &least, &greatest),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_minmax(&sess, NULL, 2, 0, 1, values, &least, &greatest), VACCEL_EINVAL);
    assert_int_equal(vaccel_minmax(&sess, values, 2, 0, 1, values, NULL, &greatest), VACCEL_EINVAL);
}

static void test_opencv_needs_to_know_its_function(void **state)
{
    struct vaccel_arg arg = {0};

    (void)state;
    assert_int_equal(vaccel_opencv(&sess, NULL, 0, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_opencv(&sess, &arg, -1, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_opencv(&sess, &arg, 1, NULL, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_opencv(&sess, &arg, 1, NULL, -1), VACCEL_EINVAL);
    assert_int_equal(vaccel_opencv(NULL, &arg, 1, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_opencv_unpack(&sess, &arg, 1, &arg, 1), 0);
}

#define test(function) cmocka_unit_test(function)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_sgemm_sizes),
        test(test_sgemm_sizes_that_overflow),
        test(test_sgemm_without_matrices),
        test(test_exec_needs_names_and_arrays),
        test(test_the_resource_of_an_operation),
        test(test_the_status_of_a_call_that_was_refused),
        test(test_tensors_of_a_run),
        test(test_arrays_of_a_run),
        test(test_nodes_of_a_tf_run),
        test(test_torch_sgemm_shapes),
        test(test_pictures),
        test(test_demonstrations_of_old),
        test(test_opencv_needs_to_know_its_function),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
