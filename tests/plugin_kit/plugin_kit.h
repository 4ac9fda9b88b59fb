/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_PLUGIN_KIT_H
#define TESTS_PLUGIN_KIT_H

/*
 * What tests of plugins that run models have in common; what is a plugin's own is in its test_support.h.
 * A function that cannot do what it should fails the test.
 */

#include "../unit/captured.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <vaccel.h>

/* Load the plugins named, separated by ':'. Returns what the library returned. */
int bootstrap(const char *plugins);
/* The same, and begin a session. */
struct vaccel_session *session_begin(const char *plugins);
/* End it, and the library. */
void session_end(struct vaccel_session *sess);

/* The whole file; pass the bytes, which a 0 follows, to free(). */
struct file {
    unsigned char *bytes;
    size_t size;
};
struct file file_read(const char *path);
void file_write(const char *path, const void *bytes, size_t size);

/* A folder for what tests write, removed with all that is in it. */
extern char test_folder[64];
void folder_make(void);
void folder_remove(void);
/* A path in it; valid until the next call. */
const char *in_folder(const char *name);

/* Run a script with that folder as its argument. Returns its exit status. */
int run_script(const char *python, const char *script);

/* A model, registered with the session. */
struct vaccel_resource *model_register(struct vaccel_session *sess, const char *path);
/* The same, loaded. */
struct vaccel_resource *model_begin(struct vaccel_session *sess, const char *path);
/* Unregister the model, which unloads it, and delete it. */
void model_end(struct vaccel_session *sess, struct vaccel_resource *model);

/* An input by name, or by place if that is NULL. Dimensions end with -1. */
struct vaccel_tensor tensor_of(const char *name, enum vaccel_data_type type, const int64_t *dims,
                               const void *data, size_t size);
#define DIMS(...) ((const int64_t[]){__VA_ARGS__, -1})
#define SCALAR ((const int64_t[]){-1})
/* An output with room of the caller's. */
struct vaccel_tensor room_for(const char *name, void *data, size_t size);
/* Fetch an output, which must be held; its data, to be freed. */
void *tensor_fetch(struct vaccel_session *sess, struct vaccel_tensor *tensor);

/*
 * Run the model digits, loaded from whichever format, with inputs that cannot be and such as are not its own: each
 * is refused with a sentence, and after them it gives what is recorded.
 */
void digits_refuse_wrong_inputs(struct vaccel_session *sess, struct vaccel_resource *model);

/*
 * From now on until the end another thread makes the elements 1 and 0 in turns, as a guest can. The race is meant:
 * the thread sanitizer must not see it.
 */
struct changing *changing_begin(float *elements, size_t count);
void changing_end(struct changing *changing);

/* What was captured must have each of the words, which end with NULL. */
void assert_logged(const char *log, const char *const *words);
#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Bytes of memory that the process has now. */
size_t memory_in_use(void);

#endif
