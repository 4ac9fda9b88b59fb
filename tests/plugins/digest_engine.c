/* SPDX-License-Identifier: Apache-2.0 */
#include "digest.h"

#include <stdlib.h>

/* What is loaded is a digest of the model. */
static int load(struct vaccel_resource *model, const char *format, void **state)
{
    uint64_t *digest = malloc(sizeof(*digest));

    if (!digest)
        return VACCEL_ENOMEM;
    *digest = digest_text(digest_resource(40, model), format);
    *state = digest;
    return VACCEL_OK;
}

static void unload(void *state)
{
    free(state);
}

static uint64_t begin(void *state, const char *signature)
{
    return digest_text(*(const uint64_t *)state, signature ? signature : "");
}

/* Two inputs and two outputs, which are a little of everything. */
static int info(void *state, const char *signature, struct vaccel_model_info *told)
{
    uint64_t digest = begin(state, signature);
    int64_t dims[VACCEL_TENSOR_DIMS_MAX] = {-1, (int64_t)(digest % 1000)};
    unsigned char name[17];
    int ret;

    digest_write_text(digest, name, sizeof(name));
    ret = vaccel_model_info_add_signature(told, (char *)name);
    ret |= vaccel_model_info_add_input(told, "first", VACCEL_DATA_FLOAT32, 2, dims);
    ret |= vaccel_model_info_add_input(told, (char *)name, VACCEL_DATA_STRING, 0, NULL);
    ret |= vaccel_model_info_add_output(told, "sum", VACCEL_DATA_UNKNOWN, -1, NULL);
    ret |= vaccel_model_info_add_output(told, "", VACCEL_DATA_UINT8, VACCEL_TENSOR_DIMS_MAX, dims);
    return ret ? VACCEL_EBACKEND : VACCEL_OK;
}

static uint64_t add_input(uint64_t digest, const struct vaccel_tensor *in)
{
    digest = digest_text(digest, in->name ? in->name : "?");
    digest = digest_add(digest, &in->data_type, sizeof(in->data_type));
    digest = digest_add(digest, in->dims, in->nr_dims * sizeof(*in->dims));
    return digest_add(digest, in->data, in->size);
}

/* Output i has i + 1 rows of three. With a signature that begins with '!' it fails all the same. */
static int run(void *state, struct vaccel_session *sess, const struct vaccel_inference *inference)
{
    enum { COLUMNS = 3, ROWS_MAX = 64 };
    uint64_t digest = begin(state, inference->signature);
    unsigned char bytes[ROWS_MAX * COLUMNS];
    int first = VACCEL_OK;

    if (inference->nr_outputs > ROWS_MAX)
        return VACCEL_EINVAL;
    digest = digest_add(digest, inference->options, inference->options_size);
    for (size_t i = 0; i < inference->nr_inputs; i++)
        digest = add_input(digest, &inference->inputs[i]);
    for (size_t i = 0; i < inference->nr_outputs; i++) {
        struct vaccel_tensor *out = &inference->outputs[i];
        int64_t dims[] = {(int64_t)i + 1, COLUMNS};
        size_t size = (i + 1) * COLUMNS;
        int ret;

        digest_fill(digest_text(digest + i, out->name ? out->name : "?"), bytes, size);
        ret = vaccel_tensor_put(sess, out, VACCEL_DATA_UINT8, 2, dims, bytes, size);
        first = first ? first : ret;
    }
    if (!inference->signature || inference->signature[0] != '!')
        return first;
    vaccel_error("[digest] the signature %s is to fail", inference->signature);
    return VACCEL_EBACKEND;
}

int digest_register_engine(struct vaccel_plugin *owner)
{
    static const char *const formats[] = {"*", NULL};
    static struct vaccel_model_engine engine = {
        .formats = formats, .load = load, .unload = unload, .info = info, .run = run};

    engine.owner = owner;
    return vaccel_plugin_register_model_engine(&engine);
}
