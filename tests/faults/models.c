/* SPDX-License-Identifier: Apache-2.0 */
/* models PATH: the model calls, and those of TensorFlow by the same engine. Says where it stopped. */
#include "vaccel.h"

static int tell(struct vaccel_session *sess, struct vaccel_resource *model)
{
    struct vaccel_model_info *info;
    int ret = vaccel_model_info(sess, model, "signature", &info);

    if (ret != VACCEL_OK)
        return ret;
    printf("%s: %zu inputs, %zu outputs\n", info->engine, info->nr_inputs, info->nr_outputs);
    vaccel_model_info_delete(info);
    return VACCEL_OK;
}

/* One output is placed, one does not fit, and one is to be held. */
static int run(struct vaccel_session *sess, struct vaccel_resource *model)
{
    float numbers[6] = {1, 2, 3, 4, 5, 6}, placed[6] = {0}, fetched[6] = {0}, little[1];
    struct vaccel_tensor in[3], out[3] = {{.data = placed, .size = sizeof(placed)},
                                          {.data = little, .size = sizeof(little)},
                                          {.name = "third"}};
    int ret;

    for (int i = 0; i < 3; i++)
        in[i] = (struct vaccel_tensor){.name = "in",
                                       .data_type = VACCEL_DATA_FLOAT32,
                                       .nr_dims = 2,
                                       .dims = {2, 3},
                                       .data = numbers,
                                       .size = sizeof(numbers)};
    ret = vaccel_model_run(sess, model, NULL, in, 3, out, 3);
    if (ret != VACCEL_ERANGE)
        return ret ? ret : VACCEL_EBACKEND;
    out[2].data = fetched;
    ret = vaccel_tensor_fetch(sess, &out[2]);
    if (vaccel_tensor_drop(sess, &out[1]) == VACCEL_OK && ret == VACCEL_OK)
        printf("%g %g\n", placed[5], fetched[4]);
    return ret;
}

static int run_tensorflow(struct vaccel_session *sess, struct vaccel_resource *model)
{
    float numbers[2] = {1, 2};
    int64_t dims[1] = {2};
    struct vaccel_tf_tensor in = {numbers, sizeof(numbers), false, 1, dims, VACCEL_TF_FLOAT};
    struct vaccel_tf_tensor *const ins[] = {&in};
    const struct vaccel_tf_node node = {(char *)"node", 0};
    struct vaccel_tf_tensor *out;
    int ret = vaccel_tf_model_run(sess, model, NULL, &node, ins, 1, &node, &out, 1, NULL);

    if (ret != VACCEL_OK)
        return ret;
    printf("%zu bytes\n", out->size);
    return vaccel_tf_tensor_delete(out);
}

static int use(struct vaccel_session *sess, struct vaccel_resource *model)
{
    int ret = vaccel_resource_register(model, sess);

    if (ret == VACCEL_OK)
        ret = vaccel_model_load(sess, model, NULL);
    if (ret == VACCEL_OK)
        ret = tell(sess, model);
    if (ret == VACCEL_OK)
        ret = run(sess, model);
    if (ret == VACCEL_OK)
        ret = run_tensorflow(sess, model);
    if (ret == VACCEL_OK)
        ret = vaccel_model_unload(sess, model);
    return ret;
}

static int use_in_session(struct vaccel_resource *model)
{
    struct vaccel_session sess;
    int ret = vaccel_session_init(&sess, 0);

    if (ret != VACCEL_OK)
        return ret;
    ret = use(&sess, model);
    vaccel_session_release(&sess);
    return ret;
}

int main(int argc, char **argv)
{
    struct vaccel_resource model;
    int ret =
        argc == 2 ? vaccel_resource_init(&model, argv[1], VACCEL_RESOURCE_MODEL) : VACCEL_EINVAL;

    if (ret == VACCEL_OK) {
        ret = use_in_session(&model);
        vaccel_resource_release(&model);
    }
    if (ret != VACCEL_OK)
        fprintf(stderr, "models: %s\n", strerror(ret));
    return ret == VACCEL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
