/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_model MODEL f32|i64 SHAPE: the bytes of the first input come from stdin, those of the first output go to
 * stdout. SHAPE is as in 1x3x224x224.
 */
#include "vaccel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The dimensions, and room for as many elements. False: no shape, or no memory. */
static bool make_input(struct vaccel_tensor *in, const char *shape)
{
    size_t count = 1;
    char *end;

    for (;;) {
        in->dims[in->nr_dims++] = strtoll(shape, &end, 10);
        count *= (size_t)in->dims[in->nr_dims - 1];
        if (*end != 'x' || in->nr_dims == VACCEL_TENSOR_DIMS_MAX)
            break;
        shape = end + 1;
    }
    in->size = count * vaccel_data_type_size(in->data_type);
    in->data = aligned_alloc(64, (in->size + 63) / 64 * 64);
    return !*end && in->data;
}

static int bring(struct vaccel_session *sess, struct vaccel_tensor *out)
{
    int ret;

    out->data = malloc(out->size);
    if (!out->data)
        return VACCEL_ENOMEM;
    ret = vaccel_tensor_fetch(sess, out);
    if (!ret && fwrite(out->data, 1, out->size, stdout) != out->size)
        ret = VACCEL_EBACKEND;
    free(out->data);
    return ret;
}

static int use(struct vaccel_session *sess, struct vaccel_resource *model,
               const struct vaccel_tensor *in, struct vaccel_tensor *out)
{
    int ret = vaccel_resource_register(model, sess);

    if (!ret)
        ret = vaccel_model_load(sess, model, NULL);
    if (!ret)
        ret = vaccel_model_run(sess, model, NULL, in, 1, out, 1);
    return ret ? ret : bring(sess, out);
}

static int run(const char *path, const struct vaccel_tensor *in, struct vaccel_tensor *out)
{
    struct vaccel_session sess;
    struct vaccel_resource model;
    int ret = vaccel_resource_init(&model, path, VACCEL_RESOURCE_MODEL);

    if (ret)
        return ret;
    ret = vaccel_session_init(&sess, 0);
    if (!ret) {
        ret = use(&sess, &model, in, out);
        vaccel_session_release(&sess);
    }
    vaccel_resource_release(&model);
    return ret;
}

int main(int argc, char **argv)
{
    struct vaccel_tensor in = {0};
    struct vaccel_tensor out = {0};
    int ret;

    if (argc != 4)
        return EXIT_FAILURE;
    in.data_type = strcmp(argv[2], "f32") != 0 ? VACCEL_DATA_INT64 : VACCEL_DATA_FLOAT32;
    if (!make_input(&in, argv[3]) || fread((void *)in.data, 1, in.size, stdin) != in.size) {
        fputs("stdin does not have the bytes of the shape\n", stderr);
        return EXIT_FAILURE;
    }
    ret = run(argv[1], &in, &out);
    if (ret)
        fprintf(stderr, "%s: %s\n", argv[1], strerror(ret));
    free((void *)in.data);
    return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
