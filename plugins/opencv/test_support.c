/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int saved_stderr = -1;
static char log_path[] = "/tmp/vaccel-opencv-log-XXXXXX";

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

static int bootstrap(const char *plugins)
{
    struct vaccel_config config;
    int ret = vaccel_config_init(&config, plugins, VACCEL_LOG_ERROR, NULL, false, false);

    if (ret == VACCEL_OK)
        ret = vaccel_bootstrap_with_config(&config);
    vaccel_config_release(&config);
    return ret;
}

static int fixture_start(void **state, const char *plugins, const char *models)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    assert_non_null(fixture);
    strcpy(fixture->directory, "/tmp/vaccel-opencv-test-XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
    setenv("VACCEL_VISION_MODELS", models ? models : fixture->directory, 1);
    if (bootstrap(plugins) == VACCEL_OK && vaccel_session_init(&fixture->sess, 0) == VACCEL_OK) {
        *state = fixture;
        return 0;
    }
    rmdir(fixture->directory);
    free(fixture);
    return -1;
}

int fixture_make(void **state)
{
    return fixture_start(state, "opencv", NULL);
}

int fixture_make_digits(void **state)
{
    return fixture_start(state, "opencv", MODELS "/digits");
}

int fixture_make_scenes(void **state)
{
    return fixture_start(state, "opencv", MODELS "/scenes");
}

int fixture_make_on(void **state, const char *plugins)
{
    return fixture_start(state, plugins, NULL);
}

static void remove_files(const char *directory)
{
    DIR *entries = opendir(directory);
    struct dirent *entry;

    while (entries && (entry = readdir(entries)))
        unlinkat(dirfd(entries), entry->d_name, 0);
    closedir(entries);
    rmdir(directory);
}

int fixture_remove(void **state)
{
    struct fixture *fixture = *state;
    int ret = vaccel_session_release(&fixture->sess);

    remove_files(fixture->directory);
    free(fixture);
    return vaccel_cleanup() || ret;
}

void file_write(const struct fixture *fixture, const char *name, const void *bytes, size_t size)
{
    char path[128];
    FILE *stream;

    snprintf(path, sizeof(path), "%s/%s", fixture->directory, name);
    stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
}

void describe(const struct fixture *fixture, const char *operation, const char *text)
{
    char path[128];
    const char *models;
    FILE *stream;

    snprintf(path, sizeof(path), "%s/%s.toml", fixture->directory, operation);
    stream = fopen(path, "w");
    assert_non_null(stream);
    while ((models = strstr(text, "@M@"))) {
        fprintf(stream, "%.*s%s", (int)(models - text), text, MODELS);
        text = models + strlen("@M@");
    }
    fputs(text, stream);
    assert_int_equal(fclose(stream), 0);
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

void assert_logged(const char *log, const char *const *words)
{
    for (; *words; words++) {
        if (!strstr(log, *words))
            fail_msg("'%s' is not in the log:\n%s", *words, log);
    }
}

struct file make_png(struct vaccel_session *sess, uint32_t width, uint32_t height,
                     const unsigned char bgr[3])
{
    uint8_t function = 5;
    uint32_t shape[3] = {width, height, 3};
    size_t size = (size_t)width * height * 3, room = size + 4096;
    unsigned char *pixels = malloc(size);
    struct file file = {malloc(room), 0};
    uint64_t length = 0;
    struct vaccel_arg read[3] = {{.buf = &function, .size = sizeof(function)},
                                 {.buf = shape, .size = sizeof(shape)},
                                 {.buf = pixels, .size = size}};
    struct vaccel_arg write[2] = {{.buf = file.bytes, .size = room},
                                  {.buf = &length, .size = sizeof(length)}};

    assert_true(pixels && file.bytes);
    for (size_t i = 0; i < size; i++)
        pixels[i] = bgr[i % 3];
    assert_int_equal(vaccel_opencv(sess, read, 3, write, 2), VACCEL_OK);
    free(pixels);
    file.size = length;
    return file;
}

void png_size(const void *png, size_t size, uint32_t *width, uint32_t *height)
{
    const unsigned char *bytes = png;

    assert_true(size > 33);
    assert_memory_equal(bytes, "\x89PNG\r\n\x1a\n", 8);
    assert_memory_equal(bytes + 12, "IHDR", 4);
    *width = (uint32_t)bytes[18] << 8 | bytes[19];
    *height = (uint32_t)bytes[22] << 8 | bytes[23];
}

void *fetch(struct vaccel_session *sess, struct vaccel_output *out)
{
    assert_true(out->held > 0);
    out->data = malloc(out->size + 1);
    assert_non_null(out->data);
    assert_int_equal(vaccel_output_fetch(sess, out), VACCEL_OK);
    assert_int_equal(out->held, 0);
    return out->data;
}
