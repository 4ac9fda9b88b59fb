/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

int tflite_begin(void **state)
{
    *state = session_begin("tflite");
    return 0;
}

int tflite_end(void **state)
{
    session_end(*state);
    return 0;
}

struct vaccel_resource *model_of_bytes(struct vaccel_session *sess, const void *bytes, size_t size)
{
    struct vaccel_resource *model;

    assert_int_equal(
        vaccel_resource_from_buf(&model, bytes, size, VACCEL_RESOURCE_MODEL, "model.tflite", true),
        VACCEL_OK);
    assert_int_equal(vaccel_resource_register(model, sess), VACCEL_OK);
    return model;
}
