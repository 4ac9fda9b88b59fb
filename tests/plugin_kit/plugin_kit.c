/* SPDX-License-Identifier: Apache-2.0 */
#include "plugin_kit.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

int bootstrap(const char *plugins)
{
    struct vaccel_config config;
    int ret = vaccel_config_init(&config, plugins, VACCEL_LOG_ERROR, NULL, false, false);

    if (ret == VACCEL_OK)
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
    file.bytes = calloc((size_t)size + 1, 1);
    assert_non_null(file.bytes);
    file.size = fread(file.bytes, 1, (size_t)size, stream);
    assert_int_equal(file.size, size);
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

char test_folder[64];

void folder_make(void)
{
    strcpy(test_folder, "/tmp/vaccel-plugin-test-XXXXXX");
    assert_non_null(mkdtemp(test_folder));
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *place)
{
    (void)about, (void)type, (void)place;
    return remove(path);
}

void folder_remove(void)
{
    nftw(test_folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *in_folder(const char *name)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s", test_folder, name);
    return path;
}

int run_script(const char *python, const char *script)
{
    int status = -1;
    pid_t child = fork();

    if (child == 0) {
        execl(python, python, script, test_folder, NULL);
        _exit(127);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

struct vaccel_resource *model_register(struct vaccel_session *sess, const char *path)
{
    struct vaccel_resource *model;

    if (vaccel_resource_new(&model, path, VACCEL_RESOURCE_MODEL) != VACCEL_OK)
        fail_msg("%s is no file", path);
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

struct vaccel_tensor tensor_of(const char *name, enum vaccel_data_type type, const int64_t *dims,
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

struct vaccel_tensor room_for(const char *name, void *data, size_t size)
{
    return (struct vaccel_tensor){.name = name, .data = data, .size = size};
}

void *tensor_fetch(struct vaccel_session *sess, struct vaccel_tensor *tensor)
{
    assert_true(tensor->held > 0);
    tensor->data = malloc(tensor->size + 1);
    assert_non_null(tensor->data);
    assert_int_equal(vaccel_tensor_fetch(sess, tensor), VACCEL_OK);
    assert_int_equal(tensor->held, 0);
    return tensor->data;
}

void assert_logged(const char *log, const char *const *words)
{
    for (; *words; words++)
        if (!strstr(log, *words))
            fail_msg("'%s' is not in the log:\n%s", *words, log);
}

size_t memory_in_use(void)
{
    FILE *stream = fopen("/proc/self/statm", "r");
    unsigned long pages = 0;

    assert_non_null(stream);
    assert_int_equal(fscanf(stream, "%*u %lu", &pages), 1);
    fclose(stream);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}
