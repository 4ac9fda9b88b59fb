/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TFLITE_DELEGATE_H
#define TFLITE_DELEGATE_H

#include <stddef.h>

struct TfLiteDelegate;

/*
 * An external delegate: a shared library that takes over the parts of a model that its hardware can
 * compute. It exports tflite_plugin_create_delegate() and tflite_plugin_destroy_delegate().
 */
struct delegate_library;

/*
 * Open the library.
 * @options  "key=value,key=value", or NULL
 * Returns EINVAL (@options are none), ENOENT (no library that can be loaded), ELIBBAD (no delegate),
 * ENOMEM; the log says more.
 */
int delegate_library_open(struct delegate_library **library, const char *path, const char *options);

/* NULL does nothing. Its delegates must be gone. */
void delegate_library_close(struct delegate_library *library);

/* A delegate for one interpreter, which it must outlive. Returns EBACKEND (the library refused, as logged). */
int delegate_create(const struct delegate_library *library, struct TfLiteDelegate **delegate);
void delegate_destroy(const struct delegate_library *library, struct TfLiteDelegate *delegate);

#endif
