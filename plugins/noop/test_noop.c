/* SPDX-License-Identifier: Apache-2.0 */
#include "vaccel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* Old operations are tested as well. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

static struct vaccel_session sess;
static struct vaccel_resource model;

static int begin(void **state)
{
    (void)state;
    if (vaccel_session_init(&sess, 0) != VACCEL_OK)
        return -1;
    if (vaccel_resource_init_from_buf(&model, "model", 5, VACCEL_RESOURCE_MODEL, "m", true) != 0)
        return -1;
    return vaccel_resource_register(&model, &sess);
}

static int end(void **state)
{
    (void)state;
    return vaccel_resource_release(&model) || vaccel_session_release(&sess) ? -1 : 0;
}

static void every_operation_is_served(void **state)
{
    struct vaccel_op_info ops[VACCEL_OP_MAX];
    size_t count = VACCEL_OP_MAX;
    size_t i;

    (void)state;
    assert_int_equal(vaccel_op_list(&sess, ops, &count), VACCEL_OK);
    assert_int_equal(count, VACCEL_OP_MAX);
    for (i = 0; i < count; i++)
        assert_string_equal(ops[i].plugin, "noop");
    assert_int_equal(vaccel_noop(&sess), VACCEL_OK);
}

static void exec_copies_the_input_to_an_output_of_the_same_size(void **state)
{
    int32_t in = 42;
    int32_t out = 0;
    struct vaccel_arg read = {.buf = &in, .size = sizeof(in)};
    struct vaccel_arg write = {.buf = &out, .size = sizeof(out)};

    (void)state;
    assert_int_equal(vaccel_exec(&sess, "lib", "fn", &read, 1, &write, 1), VACCEL_OK);
    assert_int_equal(out, 42);
}

static void exec_leaves_an_output_of_another_size_alone(void **state)
{
    int32_t in = 42;
    int32_t out[2] = {1, 2};
    struct vaccel_arg read = {.buf = &in, .size = sizeof(in)};
    struct vaccel_arg write = {.buf = out, .size = sizeof(out)};

    (void)state;
    assert_int_equal(vaccel_exec(&sess, "lib", "fn", &read, 1, &write, 1), VACCEL_OK);
    assert_int_equal(out[0], 1);
    assert_int_equal(vaccel_exec(&sess, "lib", "fn", NULL, 0, &write, 1), VACCEL_OK);
    assert_int_equal(out[0], 1);
}

static void exec_with_resource_copies_too(void **state)
{
    struct vaccel_resource library;
    int32_t in = 42;
    int32_t out = 0;
    struct vaccel_arg read = {.buf = &in, .size = sizeof(in)};
    struct vaccel_arg write = {.buf = &out, .size = sizeof(out)};

    (void)state;
    assert_int_equal(
        vaccel_resource_init_from_buf(&library, "x", 1, VACCEL_RESOURCE_LIB, "x", true), VACCEL_OK);
    assert_int_equal(vaccel_resource_register(&library, &sess), VACCEL_OK);
    assert_int_equal(vaccel_exec_with_resource(&sess, &library, "fn", &read, 1, &write, 1),
                     VACCEL_OK);
    assert_int_equal(out, 42);
    assert_int_equal(vaccel_resource_release(&library), VACCEL_OK);
}

static void classification_gives_the_dummy_tag(void **state)
{
    unsigned char text[64];
    unsigned char name[64];

    (void)state;
    assert_int_equal(
        vaccel_image_classification(&sess, "img", text, name, 3, sizeof(text), sizeof(name)),
        VACCEL_OK);
    assert_string_equal(text, "This is a dummy classification tag!");
    assert_string_equal(name, "This is a dummy imgname!");
}

static void texts_are_cut_to_their_room(void **state)
{
    unsigned char text[8];
    unsigned char name[5];

    (void)state;
    assert_int_equal(
        vaccel_image_classification(&sess, "img", text, name, 3, sizeof(text), sizeof(name)),
        VACCEL_OK);
    assert_string_equal(text, "This is");
    assert_string_equal(name, "This");
    assert_int_equal(vaccel_image_depth(&sess, "img", name, 3, 2), VACCEL_OK);
    assert_string_equal(name, "T");
    assert_int_equal(vaccel_image_pose(&sess, "img", NULL, 3, 0), VACCEL_OK);
}

static void vision_results_come_into_the_room_given(void **state)
{
    struct vaccel_vision_class class;
    unsigned char png[128];
    struct vaccel_output classes = {.data = &class, .size = sizeof(class)};
    struct vaccel_output picture = {.data = png, .size = sizeof(png)};

    (void)state;
    assert_int_equal(vaccel_vision_classify(&sess, "img", 3, &classes, &picture), VACCEL_OK);
    assert_int_equal(classes.size, sizeof(class));
    assert_string_equal(class.label, "This is a dummy classification tag!");
    assert_true(picture.size > 8 && picture.size <= sizeof(png));
    assert_memory_equal(png, "\x89PNG\r\n\x1a\n", 8);
}

static void vision_results_are_held_without_room(void **state)
{
    struct vaccel_vision_box box;
    struct vaccel_output boxes = {0};

    (void)state;
    assert_int_equal(vaccel_vision_detect(&sess, "img", 3, &boxes, NULL), VACCEL_OK);
    assert_true(boxes.held);
    assert_int_equal(boxes.size, sizeof(box));
    boxes.data = &box;
    assert_int_equal(vaccel_output_fetch(&sess, &boxes), VACCEL_OK);
    assert_true(box.width == 1.0F);
}

static void a_result_that_does_not_fit_leaves_the_others_valid(void **state)
{
    char small[1];
    struct vaccel_vision_class class;
    struct vaccel_vision_shape shape = {0};
    struct vaccel_output mask = {.data = small, .size = sizeof(small)};
    struct vaccel_output classes = {.data = &class, .size = sizeof(class)};

    (void)state;
    assert_int_equal(vaccel_vision_segment(&sess, "img", 3, &shape, &mask, &classes, NULL),
                     VACCEL_ERANGE);
    assert_true(mask.held);
    assert_int_equal(mask.size, 4);
    assert_int_equal(shape.width * shape.height, 4);
    assert_int_equal(classes.held, 0);
    assert_int_equal(classes.size, sizeof(class));
    assert_int_equal(vaccel_output_drop(&sess, &mask), VACCEL_OK);
}

static void pose_and_depth_have_their_shapes(void **state)
{
    struct vaccel_vision_point point;
    struct vaccel_vision_shape shape = {0};
    float map[4] = {0};
    struct vaccel_output points = {.data = &point, .size = sizeof(point)};
    struct vaccel_output depth = {.data = map, .size = sizeof(map)};

    (void)state;
    assert_int_equal(vaccel_vision_pose(&sess, "img", 3, &points, NULL), VACCEL_OK);
    assert_int_equal(points.size, sizeof(point));
    assert_int_equal(vaccel_vision_depth(&sess, "img", 3, &shape, &depth, NULL), VACCEL_OK);
    assert_int_equal(depth.size, sizeof(float) * shape.width * shape.height);
    assert_true(map[3] == 4.0F);
}

static void tf_echoes_and_says_who_answered(void **state)
{
    int64_t dims[] = {1, 3};
    float data[] = {1.0F, 2.0F, 3.0F};
    char name[] = "node";
    struct vaccel_tf_node node = {name, 0};
    struct vaccel_tf_tensor in = {data, sizeof(data), false, 2, dims, VACCEL_TF_FLOAT};
    struct vaccel_tf_tensor *inputs[] = {&in};
    struct vaccel_tf_tensor *out = NULL;
    struct vaccel_tf_status status = {0};

    (void)state;
    assert_int_equal(
        vaccel_tf_model_run(&sess, &model, NULL, &node, inputs, 1, &node, &out, 1, &status),
        VACCEL_OK);
    assert_int_equal(status.code, 0);
    assert_string_equal(status.message, "Operation handled by noop plugin");
    vaccel_tf_status_release(&status);
    assert_int_equal(out->size, sizeof(data));
    assert_memory_equal(out->data, data, sizeof(data));
    assert_memory_equal(out->dims, dims, sizeof(dims));
    assert_int_equal(out->data_type, VACCEL_TF_FLOAT);
    vaccel_tf_tensor_delete(out);
}

static void tf_load_and_unload_set_the_status(void **state)
{
    struct vaccel_tf_status status = {0};

    (void)state;
    assert_int_equal(vaccel_tf_model_load(&sess, &model, &status), VACCEL_OK);
    assert_string_equal(status.message, "Operation handled by noop plugin");
    vaccel_tf_status_release(&status);
    assert_int_equal(vaccel_tf_model_unload(&sess, &model, NULL), VACCEL_OK);
}

static void tflite_echoes(void **state)
{
    int32_t dims[] = {2};
    int32_t data[] = {7, 8};
    struct vaccel_tflite_tensor in = {data, sizeof(data), false, 1, dims, VACCEL_TFLITE_INT32};
    struct vaccel_tflite_tensor *inputs[] = {&in};
    struct vaccel_tflite_tensor *out = NULL;
    uint8_t status = 1;

    (void)state;
    assert_int_equal(vaccel_tflite_model_load(&sess, &model), VACCEL_OK);
    assert_int_equal(vaccel_tflite_model_run(&sess, &model, inputs, 1, &out, 1, &status),
                     VACCEL_OK);
    assert_int_equal(status, 0);
    assert_int_equal(out->size, sizeof(data));
    assert_memory_equal(out->data, data, sizeof(data));
    vaccel_tflite_tensor_delete(out);
    assert_int_equal(vaccel_tflite_model_unload(&sess, &model), VACCEL_OK);
}

static void torch_sgemm_gives_c(void **state)
{
    float data[] = {1, 2, 3, 4};
    int64_t dims[] = {2, 2};
    struct vaccel_torch_tensor matrix = {data, sizeof(data), false, 2, dims, VACCEL_TORCH_FLOAT};
    struct vaccel_torch_tensor *c = &matrix;
    struct vaccel_torch_tensor *out;

    (void)state;
    assert_int_equal(vaccel_torch_sgemm(&sess, &c, &c, &c, 2, 2, 2, &out), VACCEL_OK);
    assert_int_equal(out->size, sizeof(data));
    assert_memory_equal(out->data, data, sizeof(data));
    vaccel_torch_tensor_delete(out);
}

static void torch_echoes(void **state)
{
    int64_t dims[] = {2};
    float data[] = {7.0F, 8.0F};
    struct vaccel_torch_tensor in = {data, sizeof(data), false, 1, dims, VACCEL_TORCH_FLOAT};
    struct vaccel_torch_tensor *inputs[] = {&in};
    struct vaccel_torch_tensor *out = NULL;

    (void)state;
    assert_int_equal(vaccel_torch_model_load(&sess, &model), VACCEL_OK);
    assert_int_equal(vaccel_torch_model_run(&sess, &model, NULL, inputs, 1, &out, 1), VACCEL_OK);
    assert_int_equal(out->size, sizeof(data));
    assert_memory_equal(out->data, data, sizeof(data));
    vaccel_torch_tensor_delete(out);
}

static void more_outputs_than_inputs_are_refused(void **state)
{
    int64_t dims[] = {1};
    float data[] = {7.0F};
    struct vaccel_torch_tensor in = {data, sizeof(data), false, 1, dims, VACCEL_TORCH_FLOAT};
    struct vaccel_torch_tensor *inputs[] = {&in};
    struct vaccel_torch_tensor *out[2] = {NULL, NULL};

    (void)state;
    assert_int_equal(vaccel_torch_model_run(&sess, &model, NULL, inputs, 1, out, 2), VACCEL_EINVAL);
    assert_null(out[0]);
    assert_null(out[1]);
}

static void sgemm_changes_nothing(void **state)
{
    float a[4] = {1, 2, 3, 4};
    float c[4] = {5, 6, 7, 8};

    (void)state;
    assert_int_equal(vaccel_sgemm(&sess, 2, 2, 2, 1.0F, a, 2, a, 2, 0.0F, c, 2), VACCEL_OK);
    assert_true(c[0] == 5.0F && c[3] == 8.0F);
}

static void fpga_operations_compute_their_demonstrations(void **state)
{
    int numbers[] = {1, 2};
    int copied[2] = {0};
    float a[] = {1.0F, 2.0F};
    float sum[2];
    float product[2];

    (void)state;
    assert_int_equal(vaccel_fpga_arraycopy(&sess, numbers, copied, 2), VACCEL_OK);
    assert_int_equal(copied[1], 2);
    assert_int_equal(vaccel_fpga_mmult(&sess, a, a, product, 2), VACCEL_OK);
    assert_true(product[1] == 9.1F);
    assert_int_equal(vaccel_fpga_parallel(&sess, a, a, sum, product, 2), VACCEL_OK);
    assert_true(sum[1] == 4.0F && product[1] == 1.0F);
    assert_int_equal(vaccel_fpga_vadd(&sess, a, a, sum, 2, 2), VACCEL_OK);
    assert_true(sum[0] == 2.0F);
    assert_int_equal(vaccel_fpga_vadd(&sess, a, a, sum, 2, 1), VACCEL_EINVAL);
}

static void minmax_copies(void **state)
{
    double in[] = {3.0, 1.0};
    double out[2] = {0};
    double min;
    double max;

    (void)state;
    assert_int_equal(vaccel_minmax(&sess, in, 2, 0, 2, out, &min, &max), VACCEL_OK);
    assert_memory_equal(in, out, sizeof(in));
    assert_true(min == -1.0 && max == 10000.0);
}

static void opencv_counts_the_room(void **state)
{
    uint8_t sub_function = 1;
    size_t out[4] = {0};
    struct vaccel_arg read = {.buf = &sub_function, .size = 1, .type = VACCEL_ARG_UINT8};
    struct vaccel_arg write = {.buf = out, .size = sizeof(out), .type = VACCEL_ARG_RAW};

    (void)state;
    assert_int_equal(vaccel_opencv(&sess, &read, 1, &write, 1), VACCEL_OK);
    assert_int_equal(out[0], sizeof(out) / 4);
    assert_int_equal(vaccel_opencv(&sess, &read, 1, NULL, 0), VACCEL_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_is_served),
        cmocka_unit_test(exec_copies_the_input_to_an_output_of_the_same_size),
        cmocka_unit_test(exec_leaves_an_output_of_another_size_alone),
        cmocka_unit_test(exec_with_resource_copies_too),
        cmocka_unit_test(classification_gives_the_dummy_tag),
        cmocka_unit_test(texts_are_cut_to_their_room),
        cmocka_unit_test(vision_results_come_into_the_room_given),
        cmocka_unit_test(vision_results_are_held_without_room),
        cmocka_unit_test(a_result_that_does_not_fit_leaves_the_others_valid),
        cmocka_unit_test(pose_and_depth_have_their_shapes),
        cmocka_unit_test(tf_echoes_and_says_who_answered),
        cmocka_unit_test(tf_load_and_unload_set_the_status),
        cmocka_unit_test(tflite_echoes),
        cmocka_unit_test(torch_sgemm_gives_c),
        cmocka_unit_test(torch_echoes),
        cmocka_unit_test(more_outputs_than_inputs_are_refused),
        cmocka_unit_test(sgemm_changes_nothing),
        cmocka_unit_test(fpga_operations_compute_their_demonstrations),
        cmocka_unit_test(minmax_copies),
        cmocka_unit_test(opencv_counts_the_room),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
