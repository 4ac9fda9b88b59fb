/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENCV_TEST_SUPPORT_H
#define OPENCV_TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <vaccel.h>

/* MODELS is the path of the repository's models/, from the build. */

struct file {
    unsigned char *bytes;
    size_t size;
};

/* A whole file, which must be there. Pass the bytes to free(). */
struct file file_read(const char *path);

/* What each test gets as its state: the plugin loaded, a session, a directory for descriptions. */
struct fixture {
    struct vaccel_session sess;
    char directory[64];
};

/* VACCEL_VISION_MODELS is the fixture's directory, which is empty. */
int fixture_make(void **state);
/* The same, with a directory of MODELS. */
int fixture_make_digits(void **state);
int fixture_make_scenes(void **state);
/* The same as the first, with these plugins, separated by ':'. */
int fixture_make_on(void **state, const char *plugins);
int fixture_remove(void **state);

/* Write a file into the fixture's directory. */
void file_write(const struct fixture *fixture, const char *name, const void *bytes, size_t size);

/* Write a description into the fixture's directory; in @text @M@ stands for MODELS. */
void describe(const struct fixture *fixture, const char *operation, const char *text);

/* From now on the log goes to a file, until log_end() gives back what was logged; to be freed. */
void log_begin(void);
char *log_end(void);
/* The log must have each of the words, which end with NULL. */
void assert_logged(const char *log, const char *const *words);

/* A PNG file of width x height pixels of one colour, made by the OPENCV operation. */
struct file make_png(struct vaccel_session *sess, uint32_t width, uint32_t height,
                     const unsigned char bgr[3]);

/* Width and height of a PNG file; fails the test if it is none. */
void png_size(const void *png, size_t size, uint32_t *width, uint32_t *height);

/* Fetch a held output, which must be one; to be freed. */
void *fetch(struct vaccel_session *sess, struct vaccel_output *out);

#endif
