/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TF_TEST_SUPPORT_H
#define TF_TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <vaccel.h>

/* MADE is the path of what test_models.py has made, from the build; MODELS that of models/. */

/* Exit, as skipped, if there is no TensorFlow for Python that could make the models. */
void skip_without_models(void);

/* Load the plugins named, "tf" or "tf:opencv"; returns the library's error. */
int bootstrap(const char *plugins);
/* And begin a session. */
struct vaccel_session *session_begin(const char *plugins);
void session_end(struct vaccel_session *sess);

/* For cmocka: a session with this plugin alone is the state. */
int tf_begin(void **state);
int tf_end(void **state);

/* A resource of that path, registered; fails the test if it cannot be. */
struct vaccel_resource *model_register(struct vaccel_session *sess, const char *path);
/* The same, loaded. */
struct vaccel_resource *model_begin(struct vaccel_session *sess, const char *path);
/* Unregistered, and so unloaded. */
void model_end(struct vaccel_session *sess, struct vaccel_resource *model);

/* A tensor over the caller's data; dimensions end with -1. */
struct vaccel_tensor tensor_of(const char *name, enum vaccel_data_type type, void *data,
                               size_t size, ...);
/* An output of this name with room of the caller's. */
struct vaccel_tensor room_for(const char *name, void *data, size_t size);

/* From now on the log goes to a file, until log_end() gives back what was logged; to be freed. */
void log_begin(void);
char *log_end(void);
/* What is logged must have the word; the log is freed. */
void assert_logged(char *log, const char *word);

/* Bytes of memory that the process has now. */
size_t memory_in_use(void);

/* A whole file, with a 0 behind it; to be freed. */
unsigned char *file_read(const char *path, size_t *size);

#endif
