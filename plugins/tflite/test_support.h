/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TFLITE_TEST_SUPPORT_H
#define TFLITE_TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <vaccel.h>

/* What each test gets as its state: the plugin loaded and a session. */
struct fixture {
    struct vaccel_session sess;
};

int fixture_make(void **state);
int fixture_remove(void **state);

/* Load plugins, which are separated by colons; vaccel_cleanup() ends it. */
int start_library(const char *plugins);

/* A model, registered with the session and loaded. */
struct vaccel_resource *model_make(struct vaccel_session *sess, const char *path);
/* The same of bytes, which must stay until model_end(); it is registered, and not loaded. */
struct vaccel_resource *model_of_bytes(struct vaccel_session *sess, const void *bytes, size_t size);
void model_end(struct vaccel_session *sess, struct vaccel_resource *model);

/* A tensor by name, or by place if that is NULL. Dimensions end with -1. */
struct vaccel_tensor tensor(const char *name, enum vaccel_data_type type, const int64_t *dims,
                            const void *data, size_t size);
#define DIMS(...) ((const int64_t[]){__VA_ARGS__, -1})
#define SCALAR ((const int64_t[]){-1})

/* An output of room that is the caller's. */
struct vaccel_tensor room(const char *name, void *data, size_t size);

/* A whole file; to be freed. */
unsigned char *file_read(const char *path, size_t *size);

/* From now on the log goes to a file, until log_end() gives back what was logged; to be freed. */
void log_begin(void);
char *log_end(void);
/* End the log, which must have each of the words; they end with NULL. */
void assert_logged(const char *const *words);
#define LOGGED(...) assert_logged((const char *const[]){__VA_ARGS__, NULL})

#endif
