/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int openvino_begin(void **state)
{
    folder_make();
    *state = session_begin("openvino");
    return 0;
}

int openvino_begin_with_models(void **state)
{
    static const char python[] = PYTHON;
    int status;

    openvino_begin(state);
    if (!python[0])
        puts("no Python with the package openvino was found");
    status = python[0] ? run_script(python, MAKE_MODELS) : 77;
    if (status == 77) {
        folder_remove();
        exit(77);
    }
    assert_int_equal(status, 0);
    return 0;
}

int openvino_end(void **state)
{
    session_end(*state);
    folder_remove();
    return 0;
}

int try_load(struct vaccel_session *sess, struct vaccel_resource *model)
{
    int ret = vaccel_resource_register(model, sess);

    return ret == VACCEL_OK ? vaccel_model_load(sess, model, NULL) : ret;
}

/* Weights are a file of their own, which is part of the model. */
static struct vaccel_resource *load_ir(struct vaccel_session *sess, const char *path)
{
    struct vaccel_resource *model;
    char weights[256];
    const char *paths[] = {path, weights};

    snprintf(weights, sizeof(weights), "%.*s.bin", (int)strlen(path) - 4, path);
    assert_int_equal(vaccel_resource_multi_new(&model, paths, 2, VACCEL_RESOURCE_MODEL), VACCEL_OK);
    assert_int_equal(try_load(sess, model), VACCEL_OK);
    return model;
}

struct vaccel_resource *load(struct vaccel_session *sess, const char *path)
{
    return strstr(path, ".xml") ? load_ir(sess, path) : model_begin(sess, path);
}

void unload(struct vaccel_session *sess, struct vaccel_resource *model)
{
    assert_int_equal(vaccel_model_unload(sess, model), VACCEL_OK);
    assert_int_equal(vaccel_resource_delete(model), VACCEL_OK);
}

struct vaccel_tensor vector(const char *name, float *elements, size_t count)
{
    return tensor_of(name, VACCEL_DATA_FLOAT32, count ? DIMS((int64_t)count) : SCALAR, elements,
                     (count ? count : 1) * sizeof(*elements));
}
