/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENVINO_TEST_SUPPORT_H
#define OPENVINO_TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <vaccel.h>

struct file {
    unsigned char *bytes;
    size_t size;
};

/* A whole file, which must be there. Pass the bytes to free(). */
struct file file_read(const char *path);
void file_write(const char *path, const void *bytes, size_t size);

/* What each test gets as its state: the plugin loaded, a session, a folder. */
struct fixture {
    struct vaccel_session sess;
    char folder[64];
};

int fixture_make_without_models(void **state);
/* The models of make_models.py are in the folder. Exits with 77 if no Python can make them. */
int fixture_make(void **state);
int fixture_remove(void **state);

/* Load the plugins named. Returns what the library returned. */
int bootstrap(const char *plugins);

/* A path in the fixture's folder; valid until the next call. */
const char *in_folder(const struct fixture *fixture, const char *name);

/* A model, registered and loaded; it must be possible. */
struct vaccel_resource *load(struct fixture *fixture, const char *path);
void unload(struct fixture *fixture, struct vaccel_resource *model);

/* Register and load it. Returns what the library returned. */
int try_load(struct fixture *fixture, struct vaccel_resource *model);

/* A tensor of 32-bit floats with one dimension, or with none if @count is 0. */
struct vaccel_tensor vector(const char *name, float *elements, size_t count);

/* Fetch a held output, which must be one; its data are to be freed. */
void fetch(struct vaccel_session *sess, struct vaccel_tensor *tensor);

/* From now on the log goes to a file, until log_end() gives back what was logged; to be freed. */
void log_begin(void);
char *log_end(void);
/* The same, and the log must have those words. */
void log_end_with(const char *words);

#endif
