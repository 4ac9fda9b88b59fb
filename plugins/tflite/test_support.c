/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int saved_stderr = -1;
static char log_path[] = "/tmp/vaccel-tflite-log-XXXXXX";

int start_library(const char *plugins)
{
    struct vaccel_config config;
    int ret = vaccel_config_init(&config, plugins, VACCEL_LOG_ERROR, NULL, false, false);

    if (ret == VACCEL_OK)
        ret = vaccel_bootstrap_with_config(&config);
    vaccel_config_release(&config);
    return ret;
}

int fixture_make(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    assert_non_null(fixture);
    *state = fixture;
    if (start_library("tflite") != VACCEL_OK)
        return -1;
    return vaccel_session_init(&fixture->sess, 0) == VACCEL_OK ? 0 : -1;
}

int fixture_remove(void **state)
{
    struct fixture *fixture = *state;

    vaccel_session_release(&fixture->sess);
    free(fixture);
    return vaccel_cleanup() == VACCEL_OK ? 0 : -1;
}

struct vaccel_resource *model_make(struct vaccel_session *sess, const char *path)
{
    struct vaccel_resource *model;

    if (vaccel_resource_new(&model, path, VACCEL_RESOURCE_MODEL) != VACCEL_OK)
        fail_msg("%s is no file", path);
    assert_int_equal(vaccel_resource_register(model, sess), VACCEL_OK);
    assert_int_equal(vaccel_model_load(sess, model, NULL), VACCEL_OK);
    return model;
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

void model_end(struct vaccel_session *sess, struct vaccel_resource *model)
{
    assert_int_equal(vaccel_resource_unregister(model, sess), VACCEL_OK);
    assert_int_equal(vaccel_resource_delete(model), VACCEL_OK);
}

struct vaccel_tensor tensor(const char *name, enum vaccel_data_type type, const int64_t *dims,
                            const void *data, size_t size)
{
    struct vaccel_tensor made = {
        .name = name, .data_type = type, .data = (void *)data, .size = size};

    while (dims[made.nr_dims] != -1) {
        made.dims[made.nr_dims] = dims[made.nr_dims];
        made.nr_dims++;
    }
    return made;
}

struct vaccel_tensor room(const char *name, void *data, size_t size)
{
    return (struct vaccel_tensor){.name = name, .data = data, .size = size};
}

unsigned char *file_read(const char *path, size_t *size)
{
    FILE *stream = fopen(path, "rb");
    unsigned char *bytes;
    long length;

    if (!stream)
        fail_msg("%s cannot be read", path);
    fseek(stream, 0, SEEK_END);
    length = ftell(stream);
    rewind(stream);
    bytes = malloc((size_t)length + 1);
    assert_non_null(bytes);
    *size = fread(bytes, 1, (size_t)length, stream);
    bytes[*size] = '\0';
    fclose(stream);
    return bytes;
}

void log_begin(void)
{
    int file = mkstemp(log_path);

    assert_true(file >= 0);
    fflush(stderr);
    saved_stderr = dup(STDERR_FILENO);
    dup2(file, STDERR_FILENO);
    close(file);
}

char *log_end(void)
{
    size_t size;
    char *text;

    fflush(stderr);
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    text = (char *)file_read(log_path, &size);
    unlink(log_path);
    memcpy(log_path + sizeof(log_path) - sizeof("XXXXXX"), "XXXXXX", sizeof("XXXXXX"));
    return text;
}

void assert_logged(const char *const *words)
{
    char *log = log_end();

    for (; *words; words++)
        if (!strstr(log, *words))
            fail_msg("\"%s\" is not in the log: %s", *words, log);
    free(log);
}
