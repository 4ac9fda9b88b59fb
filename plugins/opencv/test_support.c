/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int begin(void **state, const char *plugins, const char *models)
{
    folder_make();
    setenv("VACCEL_VISION_MODELS", models ? models : test_folder, 1);
    *state = session_begin(plugins);
    return 0;
}

int opencv_begin(void **state)
{
    return begin(state, "opencv", NULL);
}

int opencv_begin_digits(void **state)
{
    return begin(state, "opencv", MODELS "/digits");
}

int opencv_begin_scenes(void **state)
{
    return begin(state, "opencv", MODELS "/scenes");
}

int opencv_begin_on(void **state, const char *plugins)
{
    return begin(state, plugins, NULL);
}

int opencv_end(void **state)
{
    session_end(*state);
    folder_remove();
    return 0;
}

void describe(const char *operation, const char *text)
{
    char name[32];
    const char *models;
    FILE *stream;

    snprintf(name, sizeof(name), "%s.toml", operation);
    stream = fopen(in_folder(name), "w");
    assert_non_null(stream);
    while ((models = strstr(text, "@M@"))) {
        fprintf(stream, "%.*s%s", (int)(models - text), text, MODELS);
        text = models + strlen("@M@");
    }
    fputs(text, stream);
    assert_int_equal(fclose(stream), 0);
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
