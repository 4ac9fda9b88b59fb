/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <fcntl.h>
#include <unistd.h>

static int saved_stderr = -1;
static char log_path[64];

void skip_without_models(void)
{
    if (access(MADE "/calls/saved_model.pb", R_OK)) {
        puts("the models need a python3 with tensorflow");
        exit(77);
    }
}

int bootstrap(const char *plugins)
{
    struct vaccel_config config;
    int ret = vaccel_config_init(&config, plugins, VACCEL_LOG_ERROR, NULL, false, false);

    if (ret)
        return ret;
    ret = vaccel_bootstrap_with_config(&config);
    vaccel_config_release(&config);
    return ret;
}

struct vaccel_session *session_begin(const char *plugins)
{
    struct vaccel_session *sess;

    assert_int_equal(bootstrap(plugins), VACCEL_OK);
    assert_int_equal(vaccel_session_new(&sess, 0), VACCEL_OK);
    return sess;
}

void session_end(struct vaccel_session *sess)
{
    assert_int_equal(vaccel_session_delete(sess), VACCEL_OK);
    assert_int_equal(vaccel_cleanup(), VACCEL_OK);
}

int tf_begin(void **state)
{
    *state = session_begin("tf");
    return 0;
}

int tf_end(void **state)
{
    session_end(*state);
    return 0;
}

struct vaccel_resource *model_register(struct vaccel_session *sess, const char *path)
{
    struct vaccel_resource *model;

    assert_int_equal(vaccel_resource_new(&model, path, VACCEL_RESOURCE_MODEL), VACCEL_OK);
    assert_int_equal(vaccel_resource_register(model, sess), VACCEL_OK);
    return model;
}

struct vaccel_resource *model_begin(struct vaccel_session *sess, const char *path)
{
    struct vaccel_resource *model = model_register(sess, path);

    assert_int_equal(vaccel_model_load(sess, model, NULL), VACCEL_OK);
    return model;
}

void model_end(struct vaccel_session *sess, struct vaccel_resource *model)
{
    assert_int_equal(vaccel_resource_unregister(model, sess), VACCEL_OK);
    assert_int_equal(vaccel_resource_delete(model), VACCEL_OK);
}

struct vaccel_tensor tensor_of(const char *name, enum vaccel_data_type type, void *data,
                               size_t size, ...)
{
    struct vaccel_tensor tensor = {.name = name, .data_type = type, .data = data, .size = size};
    int64_t dim;
    va_list dims;

    va_start(dims, size);
    while ((dim = va_arg(dims, int)) >= 0)
        tensor.dims[tensor.nr_dims++] = dim;
    va_end(dims);
    return tensor;
}

struct vaccel_tensor room_for(const char *name, void *data, size_t size)
{
    return (struct vaccel_tensor){.name = name, .data = data, .size = size};
}

void log_begin(void)
{
    int file;

    snprintf(log_path, sizeof(log_path), "/tmp/vaccel-tf-log-XXXXXX");
    file = mkstemp(log_path);
    assert_true(file >= 0);
    fflush(stderr);
    saved_stderr = dup(STDERR_FILENO);
    assert_true(dup2(file, STDERR_FILENO) >= 0);
    close(file);
}

char *log_end(void)
{
    size_t size;
    char *log;

    fflush(stderr);
    assert_true(dup2(saved_stderr, STDERR_FILENO) >= 0);
    close(saved_stderr);
    log = (char *)file_read(log_path, &size);
    unlink(log_path);
    return log;
}

void assert_logged(char *log, const char *word)
{
    if (!strstr(log, word))
        fail_msg("\"%s\" is not in: %s", word, log);
    free(log);
}

size_t memory_in_use(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    char line[128];
    char *second;
    size_t pages;

    assert_non_null(file);
    assert_non_null(fgets(line, sizeof(line), file));
    fclose(file);
    second = strchr(line, ' ');
    assert_non_null(second);
    pages = strtoul(second, NULL, 10);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

unsigned char *file_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    unsigned char *bytes;

    if (!file)
        fail_msg("%s cannot be read", path);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    bytes = calloc(*size + 1, 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}
