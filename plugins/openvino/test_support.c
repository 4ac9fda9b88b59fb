/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int saved_stderr = -1;
static char log_path[] = "/tmp/vaccel-openvino-log-XXXXXX";

struct file file_read(const char *path)
{
    struct file file = {NULL, 0};
    FILE *stream = fopen(path, "rb");
    long size;

    if (!stream)
        fail_msg("%s cannot be read", path);
    fseek(stream, 0, SEEK_END);
    size = ftell(stream);
    rewind(stream);
    file.bytes = malloc((size_t)size + 1);
    assert_non_null(file.bytes);
    file.size = fread(file.bytes, 1, (size_t)size, stream);
    file.bytes[file.size] = '\0';
    fclose(stream);
    return file;
}

void file_write(const char *path, const void *bytes, size_t size)
{
    FILE *stream = fopen(path, "wb");

    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
}

/* Returns the program's exit status. */
static int run(char *const *arguments)
{
    pid_t child;
    int status;

    if (posix_spawn(&child, arguments[0], NULL, NULL, arguments, environ))
        return 127;
    while (waitpid(child, &status, 0) < 0)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}

static void make_models(char *folder)
{
    char python[] = PYTHON;
    char option[] = "-c", look[] = "import openvino, onnx, numpy";
    char script[] = MAKE_MODELS;
    char *const try[] = {python, option, look, NULL};
    char *const make[] = {python, script, folder, NULL};

    if (!python[0] || run(try)) {
        puts("no Python with the packages openvino and onnx was found");
        rmdir(folder);
        exit(77);
    }
    assert_int_equal(run(make), 0);
}

int bootstrap(const char *plugins)
{
    struct vaccel_config config;
    int ret = vaccel_config_init(&config, plugins, VACCEL_LOG_ERROR, NULL, false, false);

    if (ret == VACCEL_OK)
        ret = vaccel_bootstrap_with_config(&config);
    vaccel_config_release(&config);
    return ret;
}

int fixture_make_without_models(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    assert_non_null(fixture);
    strcpy(fixture->folder, "/tmp/vaccel-openvino-test-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    *state = fixture;
    return bootstrap("openvino") || vaccel_session_init(&fixture->sess, 0);
}

int fixture_make(void **state)
{
    struct fixture *fixture;
    int ret = fixture_make_without_models(state);

    fixture = *state;
    make_models(fixture->folder);
    return ret;
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *place)
{
    (void)about;
    (void)type;
    (void)place;
    return remove(path);
}

int fixture_remove(void **state)
{
    struct fixture *fixture = *state;
    int ret = vaccel_session_release(&fixture->sess);

    nftw(fixture->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(fixture);
    return vaccel_cleanup() || ret;
}

const char *in_folder(const struct fixture *fixture, const char *name)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s", fixture->folder, name);
    return path;
}

int try_load(struct fixture *fixture, struct vaccel_resource *model)
{
    int ret = vaccel_resource_register(model, &fixture->sess);

    return ret == VACCEL_OK ? vaccel_model_load(&fixture->sess, model, NULL) : ret;
}

/* Weights are a file of their own, which is part of the model. */
static int resource_of_ir(struct vaccel_resource **model, const char *path)
{
    char weights[256];
    const char *paths[] = {path, weights};

    snprintf(weights, sizeof(weights), "%.*s.bin", (int)strlen(path) - 4, path);
    return vaccel_resource_multi_new(model, paths, 2, VACCEL_RESOURCE_MODEL);
}

struct vaccel_resource *load(struct fixture *fixture, const char *path)
{
    struct vaccel_resource *model;
    int ret = strstr(path, ".xml") ? resource_of_ir(&model, path)
                                   : vaccel_resource_new(&model, path, VACCEL_RESOURCE_MODEL);

    assert_int_equal(ret, VACCEL_OK);
    assert_int_equal(try_load(fixture, model), VACCEL_OK);
    return model;
}

void unload(struct fixture *fixture, struct vaccel_resource *model)
{
    assert_int_equal(vaccel_model_unload(&fixture->sess, model), VACCEL_OK);
    assert_int_equal(vaccel_resource_delete(model), VACCEL_OK);
}

struct vaccel_tensor vector(const char *name, float *elements, size_t count)
{
    return (struct vaccel_tensor){
        .name = name,
        .data_type = VACCEL_DATA_FLOAT32,
        .nr_dims = count > 0,
        .dims = {(int64_t)count},
        .data = elements,
        .size = (count ? count : 1) * sizeof(*elements),
    };
}

void fetch(struct vaccel_session *sess, struct vaccel_tensor *tensor)
{
    assert_true(tensor->held > 0);
    tensor->data = malloc(tensor->size + 1);
    assert_non_null(tensor->data);
    assert_int_equal(vaccel_tensor_fetch(sess, tensor), VACCEL_OK);
    assert_int_equal(tensor->held, 0);
}

void log_begin(void)
{
    int file;

    strcpy(log_path + strlen(log_path) - 6, "XXXXXX");
    file = mkstemp(log_path);
    assert_true(file >= 0);
    fflush(stderr);
    saved_stderr = dup(STDERR_FILENO);
    dup2(file, STDERR_FILENO);
    close(file);
}

char *log_end(void)
{
    struct file log;

    fflush(stderr);
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    log = file_read(log_path);
    unlink(log_path);
    return (char *)log.bytes;
}

void log_end_with(const char *words)
{
    char *log = log_end();

    if (!strstr(log, words))
        fail_msg("'%s' is not in the log:\n%s", words, log);
    free(log);
}
