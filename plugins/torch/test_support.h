/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TORCH_TEST_SUPPORT_H
#define TORCH_TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <vaccel.h>

/* From the build: PYTHON, which may have torch, and MAKE_MODELS, the script that needs it. */

/* Make the models in a new directory, run the tests, remove it. The exit status: 77 without torch. */
int run_with_models(const struct CMUnitTest *tests, size_t nr_tests);

/* "NAME" of the models' directory, until the next call. */
const char *path_of(const char *name);

struct file {
    unsigned char *bytes;
    size_t size;
};

/* A whole file of the models' directory; without bytes if there is none. Pass them to free(). */
struct file file_read(const char *name);

/* What each test gets as its state: the plugin loaded, and a session. */
int session_make(void **state);
int session_remove(void **state);

/* NAME.pt, loaded. */
void model_load(struct vaccel_session *sess, struct vaccel_resource *model, const char *name);
/* From memory. Returns what loading it returned. */
int model_load_bytes(struct vaccel_session *sess, struct vaccel_resource *model, const void *bytes,
                     size_t size);
void model_end(struct vaccel_resource *model);

/* FLOAT32 of @rows x @columns; without @rows of @columns. */
struct vaccel_tensor floats(float *data, int64_t rows, int64_t columns);

/* Fetch what is held; to be freed. */
void *fetch(struct vaccel_session *sess, struct vaccel_tensor *tensor);
/* Fetch it: it must be these. */
void assert_floats(struct vaccel_session *sess, struct vaccel_tensor *tensor, const float *expected,
                   size_t count);

/* From now on the log goes to a file; at the end it must have each of the words, which end with NULL. */
void log_begin(void);
void log_end(const char *const *words);

#endif
