/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char directory[] = "/tmp/vaccel-torch-test-XXXXXX";
static int saved_stderr = -1;

static void remove_directory(void)
{
    DIR *entries = opendir(directory);
    struct dirent *entry;

    while (entries && (entry = readdir(entries)))
        unlinkat(dirfd(entries), entry->d_name, 0);
    closedir(entries);
    rmdir(directory);
}

static int make_models(void)
{
    int status = -1;
    pid_t child = fork();

    if (child == 0) {
        execl(PYTHON, PYTHON, MAKE_MODELS, directory, NULL);
        _exit(127);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

int run_with_models(const struct CMUnitTest *tests, size_t nr_tests)
{
    int ret;

    if (!mkdtemp(directory))
        return EXIT_FAILURE;
    ret = make_models();
    if (ret == 0)
        ret = _cmocka_run_group_tests("torch", tests, nr_tests, NULL, NULL);
    remove_directory();
    return ret;
}

const char *path_of(const char *name)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    return path;
}

struct file file_read(const char *name)
{
    struct file file = {NULL, 0};
    FILE *stream = fopen(path_of(name), "rb");
    long size;

    if (!stream)
        return file;
    fseek(stream, 0, SEEK_END);
    size = ftell(stream);
    rewind(stream);
    file.bytes = malloc((size_t)size + 1);
    assert_non_null(file.bytes);
    file.size = fread(file.bytes, 1, (size_t)size, stream);
    fclose(stream);
    return file;
}

int session_make(void **state)
{
    struct vaccel_session *sess = calloc(1, sizeof(*sess));
    struct vaccel_config config;
    int ret = vaccel_config_init(&config, "torch", VACCEL_LOG_ERROR, NULL, false, false);

    if (ret == VACCEL_OK)
        ret = vaccel_bootstrap_with_config(&config);
    vaccel_config_release(&config);
    if (ret == VACCEL_OK)
        ret = vaccel_session_init(sess, 0);
    *state = sess;
    return ret;
}

int session_remove(void **state)
{
    int ret = vaccel_session_release(*state);

    free(*state);
    return vaccel_cleanup() || ret;
}

void model_load(struct vaccel_session *sess, struct vaccel_resource *model, const char *name)
{
    char file[64];

    snprintf(file, sizeof(file), "%s.pt", name);
    assert_int_equal(vaccel_resource_init(model, path_of(file), VACCEL_RESOURCE_MODEL), VACCEL_OK);
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

void model_end(struct vaccel_resource *model)
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

void *fetch(struct vaccel_session *sess, struct vaccel_tensor *tensor)
{
    assert_true(tensor->held > 0);
    tensor->data = malloc(tensor->size + 1);
    assert_non_null(tensor->data);
    assert_int_equal(vaccel_tensor_fetch(sess, tensor), VACCEL_OK);
    return tensor->data;
}

void assert_floats(struct vaccel_session *sess, struct vaccel_tensor *tensor, const float *expected,
                   size_t count)
{
    float *data = fetch(sess, tensor);

    assert_int_equal(tensor->data_type, VACCEL_DATA_FLOAT32);
    assert_int_equal(tensor->size, count * sizeof(*data));
    for (size_t i = 0; i < count; i++)
        assert_float_equal(data[i], expected[i], 1e-6);
    free(data);
}

void log_begin(void)
{
    int file = open(path_of("log"), O_CREAT | O_TRUNC | O_RDWR, 0600);

    assert_true(file >= 0);
    fflush(stderr);
    saved_stderr = dup(STDERR_FILENO);
    dup2(file, STDERR_FILENO);
    close(file);
}

void log_end(const char *const *words)
{
    struct file log;

    fflush(stderr);
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    log = file_read("log");
    log.bytes[log.size] = '\0';
    for (; *words; words++) {
        if (!strstr((char *)log.bytes, *words))
            fail_msg("'%s' is not in the log:\n%s", *words, log.bytes);
    }
    free(log.bytes);
}
