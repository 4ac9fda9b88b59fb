/* SPDX-License-Identifier: Apache-2.0 */
#include "source.h"

#include "bytes.h"
#include "checkpoint.h"
#include "core.h"
#include "external.h"
#include "failure.h"
#include "ir.h"
#include "staging.h"

/* What of a resource OpenVINO is to read first, and beside it. */
struct files {
    struct vaccel_blob *model;
    struct vaccel_blob *weights; /* of IR; or NULL */
};

static struct vaccel_blob *find_blob(const struct vaccel_resource *resource, const char *extension)
{
    size_t i;

    for (i = 0; i < resource->nr_blobs; i++) {
        if (has_extension(resource->blobs[i]->name, extension))
            return resource->blobs[i];
    }
    return NULL;
}

static const char *extension_of(const char *format)
{
    if (!strcmp(format, "onnx"))
        return ".onnx";
    if (!strcmp(format, "openvino-ir"))
        return ".xml";
    if (!strcmp(format, "tflite"))
        return ".tflite";
    return ".pb";
}

static struct vaccel_blob *find_model(const struct vaccel_resource *resource, const char *format)
{
    struct vaccel_blob *named = find_blob(resource, extension_of(format));

    return named ? named : resource->blobs[0];
}

static int read_path(const char *path, const char *weights, ov_model_t **source)
{
    if (ov_core_read_model(core_get(), path, weights, source) == OK)
        return VACCEL_OK;
    return failure(VACCEL_EBACKEND, "model %.200s", path);
}

static int read_directory(struct vaccel_resource *resource, ov_model_t **source)
{
    char *directory = NULL;
    int ret = vaccel_resource_directory(resource, NULL, 0, &directory);

    if (ret != VACCEL_OK) {
        vaccel_error("[openvino] a SavedModel is a directory: make the resource from its path");
        return VACCEL_EINVAL;
    }
    ret = checkpoint_check(resource);
    if (ret == VACCEL_OK)
        ret = read_path(directory, NULL, source);
    free(directory);
    return ret;
}

/*
 * Under a name with its extension, by which OpenVINO knows some formats, and with all files beside
 * it.
 */
static int read_staged(struct vaccel_resource *resource, const struct files *files,
                       const char *extension, ov_model_t **source)
{
    struct staging staging;
    int ret = external_check(files->model, true);

    if (ret == VACCEL_OK)
        ret = staging_make(&staging, resource, files->model, extension);
    if (ret != VACCEL_OK)
        return ret;
    ret = read_path(staging.model, NULL, source);
    staging_remove(&staging);
    return ret;
}

static int wrap_weights(struct vaccel_blob *blob, ov_tensor_t **tensor)
{
    struct bytes bytes;
    int ret = bytes_of_blob(blob, &bytes);
    int64_t length;

    if (ret != VACCEL_OK)
        return ret;
    length = (int64_t)bytes.size;
    /* They are not written: the interface knows no constant memory. */
    if (ov_tensor_create_from_host_ptr(U8, (ov_shape_t){1, &length}, (void *)bytes.data, tensor) ==
        OK)
        return VACCEL_OK;
    return failure(VACCEL_EBACKEND, "weights %.200s", blob->name);
}

static int read_memory(const struct files *files, ov_model_t **source)
{
    ov_tensor_t *weights = NULL;
    struct bytes text;
    int ret = bytes_of_blob(files->model, &text);

    if (ret == VACCEL_OK && files->weights)
        ret = wrap_weights(files->weights, &weights);
    if (ret == VACCEL_OK &&
        ov_core_read_model_from_memory_buffer(core_get(), (const char *)text.data, text.size,
                                              weights, source) != OK)
        ret = failure(VACCEL_EBACKEND, "model %.200s", files->model->name);
    ov_tensor_free(weights);
    return ret;
}

/* Weights have no form to be known by: they are what is called so, or the other one of two. */
static struct vaccel_blob *find_weights(const struct vaccel_resource *resource,
                                        const struct vaccel_blob *model)
{
    struct vaccel_blob *named = find_blob(resource, ".bin");

    if (named || resource->nr_blobs != 2)
        return named;
    return resource->blobs[resource->blobs[0] == model];
}

/* The model's, or NULL: a file of another name OpenVINO might take for what that name says. */
static const char *usable_path(const struct files *files, const char *extension)
{
    const char *path = vaccel_blob_path(files->model);

    return path && has_extension(path, extension) ? path : NULL;
}

/*
 * OpenVINO looks itself what a model is, and might find that it is one in ONNX whatever we found. Beside
 * one in memory is the working directory, in which the model has nothing to look for.
 */
static int read_checked_memory(const struct files *files, ov_model_t **source)
{
    int ret = external_check(files->model, false);

    return ret == VACCEL_OK ? read_memory(files, source) : ret;
}

static int read_checked_path(const struct files *files, const char *path, const char *weights,
                             ov_model_t **source)
{
    int ret = external_check(files->model, true);

    return ret == VACCEL_OK ? read_path(path, weights, source) : ret;
}

/* Its weights may lie beside it, but not in an agent, which has what was sent. */
static int read_description(const char *path, ov_model_t **source)
{
    if (ov_core_read_model(core_get(), path, NULL, source) == OK)
        return VACCEL_OK;
    return failure(VACCEL_EBACKEND,
                   "model %.200s, of whose two files the resource has the .xml alone", path);
}

static int read_ir(const struct files *files, ov_model_t **source)
{
    const char *path = usable_path(files, ".xml");
    const char *weights = files->weights ? vaccel_blob_path(files->weights) : NULL;
    bool is_in_files = path && (weights || !files->weights);
    int ret = external_check(files->model, is_in_files);

    if (ret == VACCEL_OK)
        ret = ir_check(files->model);
    if (ret != VACCEL_OK)
        return ret;
    if (!is_in_files)
        return read_memory(files, source);
    return weights ? read_path(path, weights, source) : read_description(path, source);
}

static int read_onnx(struct vaccel_resource *resource, const struct files *files,
                     ov_model_t **source)
{
    const char *path = usable_path(files, ".onnx");
    bool is_alone = resource->nr_blobs == 1;

    if (path && (is_alone || staging_is_needless(resource)))
        return read_checked_path(files, path, NULL, source);
    return is_alone ? read_checked_memory(files, source)
                    : read_staged(resource, files, ".onnx", source);
}

static int read_file(struct vaccel_resource *resource, const struct files *files,
                     const char *extension, ov_model_t **source)
{
    const char *path = usable_path(files, extension);

    return path ? read_checked_path(files, path, NULL, source)
                : read_staged(resource, files, extension, source);
}

int source_read(struct vaccel_resource *resource, const char *format, ov_model_t **source)
{
    const char *extension = extension_of(format);
    struct files files = {find_model(resource, format), NULL};

    if (!strcmp(format, "saved-model"))
        return read_directory(resource, source);
    if (!strcmp(format, "onnx"))
        return read_onnx(resource, &files, source);
    if (strcmp(format, "openvino-ir") != 0)
        return read_file(resource, &files, extension, source);
    files.weights = find_weights(resource, files.model);
    return read_ir(&files, source);
}

int source_has_state(struct vaccel_resource *resource, const char *format, bool *has_state)
{
    static const char variable[] = "ReadValue";
    struct bytes text;
    int ret;

    *has_state = false;
    if (strcmp(format, "openvino-ir") != 0)
        return VACCEL_OK;
    ret = bytes_of_blob(find_model(resource, format), &text);
    if (ret == VACCEL_OK)
        *has_state = memmem(text.data, text.size, variable, sizeof(variable) - 1) != NULL;
    return ret;
}
