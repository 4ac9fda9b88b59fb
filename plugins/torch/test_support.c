/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <stdio.h>
#include <stdlib.h>

int run_with_models(const struct CMUnitTest *tests, size_t nr_tests)
{
    int ret;

    folder_make();
    ret = run_script(PYTHON, MAKE_MODELS);
    if (ret == 0)
        ret = _cmocka_run_group_tests("torch", tests, nr_tests, NULL, NULL);
    folder_remove();
    return ret;
}

int torch_begin(void **state)
{
    *state = session_begin("torch");
    return 0;
}

int torch_end(void **state)
{
    session_end(*state);
    return 0;
}

void model_load(struct vaccel_session *sess, struct vaccel_resource *model, const char *name)
{
    char file[64];

    snprintf(file, sizeof(file), "%s.pt", name);
    assert_int_equal(vaccel_resource_init(model, in_folder(file), VACCEL_RESOURCE_MODEL),
                     VACCEL_OK);
    assert_int_equal(vaccel_resource_register(model, sess), VACCEL_OK);
    assert_int_equal(vaccel_model_load(sess, model, NULL), VACCEL_OK);
}

int model_load_bytes(struct vaccel_session *sess, struct vaccel_resource *model, const void *bytes,
                     size_t size)
{
    assert_int_equal(
        vaccel_resource_init_from_buf(model, bytes, size, VACCEL_RESOURCE_MODEL, "model.pt", true),
        VACCEL_OK);
    assert_int_equal(vaccel_resource_register(model, sess), VACCEL_OK);
    return vaccel_model_load(sess, model, NULL);
}

void model_release(struct vaccel_resource *model)
{
    assert_int_equal(vaccel_resource_release(model), VACCEL_OK);
}

struct vaccel_tensor floats(float *data, int64_t rows, int64_t columns)
{
    struct vaccel_tensor tensor = {
        .data_type = VACCEL_DATA_FLOAT32,
        .nr_dims = rows ? 2 : 1,
        .dims = {rows ? rows : columns, rows ? columns : 0},
        .data = data,
        .size = (size_t)((rows ? rows : 1) * columns) * sizeof(*data),
    };

    return tensor;
}

void assert_floats(struct vaccel_session *sess, struct vaccel_tensor *tensor, const float *expected,
                   size_t count)
{
    float *data = tensor_fetch(sess, tensor);

    assert_int_equal(tensor->data_type, VACCEL_DATA_FLOAT32);
    assert_int_equal(tensor->size, count * sizeof(*data));
    for (size_t i = 0; i < count; i++)
        assert_float_equal(data[i], expected[i], 1e-6);
    free(data);
}
