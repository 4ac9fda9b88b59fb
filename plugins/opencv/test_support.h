/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENCV_TEST_SUPPORT_H
#define OPENCV_TEST_SUPPORT_H

#include "plugin_kit.h"

/* MODELS is the path of the repository's models/, from the build. */

/*
 * For cmocka: a session with this plugin is the state. VACCEL_VISION_MODELS is the folder of plugin_kit.h,
 * which is empty.
 */
int opencv_begin(void **state);
/* The same, with a directory of MODELS. */
int opencv_begin_digits(void **state);
int opencv_begin_scenes(void **state);
/* The same as the first, with these plugins, separated by ':'. */
int opencv_begin_on(void **state, const char *plugins);
int opencv_end(void **state);

/* Write a description into the folder; in @text @M@ stands for MODELS. */
void describe(const char *operation, const char *text);

/* A PNG file of width x height pixels of one colour, made by the OPENCV operation. */
struct file make_png(struct vaccel_session *sess, uint32_t width, uint32_t height,
                     const unsigned char bgr[3]);

/* Width and height of a PNG file; fails the test if it is none. */
void png_size(const void *png, size_t size, uint32_t *width, uint32_t *height);

/* Fetch a held output, which must be one; to be freed. */
void *fetch(struct vaccel_session *sess, struct vaccel_output *out);

#endif
