/* SPDX-License-Identifier: Apache-2.0 */
#include "delegate.h"

#include "guard.h"
#include "sentences.h"
#include "vaccel.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

enum { OPTIONS_MAX = 64 };

struct delegate_library {
    void *handle;
    struct TfLiteDelegate *(*create)(char **keys, char **values, size_t nr_options,
                                     void (*report)(const char *sentence));
    void (*destroy)(struct TfLiteDelegate *delegate);
    char *options; /* which the pointers below point into */
    char *keys[OPTIONS_MAX];
    char *values[OPTIONS_MAX];
    size_t nr_options;
};

/* The library's way to tell why it refuses has no argument of ours. */
static _Thread_local struct sentences *listener;

static void listen(const char *sentence)
{
    if (listener && sentence)
        sentences_add(listener, "%s", sentence);
}

static int add_option(struct delegate_library *library, char *option)
{
    char *equals = strchr(option, '=');

    if (!equals || equals == option) {
        vaccel_error(
            "[tflite] VACCEL_TFLITE_DELEGATE_OPTIONS has \"%s\": write key=value,key=value",
            option);
        return VACCEL_EINVAL;
    }
    if (library->nr_options == OPTIONS_MAX) {
        vaccel_error("[tflite] VACCEL_TFLITE_DELEGATE_OPTIONS has more than %d options",
                     OPTIONS_MAX);
        return VACCEL_EINVAL;
    }
    *equals = '\0';
    library->keys[library->nr_options] = option;
    library->values[library->nr_options++] = equals + 1;
    return VACCEL_OK;
}

static int read_options(struct delegate_library *library, const char *options)
{
    char *rest = NULL;
    char *option;
    int ret = VACCEL_OK;

    if (!options)
        return VACCEL_OK;
    library->options = strdup(options);
    if (!library->options)
        return VACCEL_ENOMEM;
    for (option = strtok_r(library->options, ",", &rest); option && ret == VACCEL_OK;
         option = strtok_r(NULL, ",", &rest))
        ret = add_option(library, option);
    return ret;
}

static int find_functions(struct delegate_library *library, const char *path)
{
    library->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library->handle) {
        vaccel_error("[tflite] VACCEL_TFLITE_DELEGATE is \"%s\": %s", path, dlerror());
        return VACCEL_ENOENT;
    }
    *(void **)&library->create = dlsym(library->handle, "tflite_plugin_create_delegate");
    *(void **)&library->destroy = dlsym(library->handle, "tflite_plugin_destroy_delegate");
    if (library->create && library->destroy)
        return VACCEL_OK;
    vaccel_error(
        "[tflite] VACCEL_TFLITE_DELEGATE is \"%s\", which exports no %s(): set the path of an "
        "external delegate of TensorFlow Lite",
        path, library->create ? "tflite_plugin_destroy_delegate" : "tflite_plugin_create_delegate");
    return VACCEL_ELIBBAD;
}

int delegate_library_open(struct delegate_library **library, const char *path, const char *options)
{
    struct delegate_library *opened = calloc(1, sizeof(*opened));
    int ret;

    if (!opened)
        return VACCEL_ENOMEM;
    ret = read_options(opened, options);
    if (ret == VACCEL_OK)
        ret = find_functions(opened, path);
    if (ret == VACCEL_OK)
        *library = opened;
    else
        delegate_library_close(opened);
    return ret;
}

void delegate_library_close(struct delegate_library *library)
{
    if (!library)
        return;
    if (library->handle)
        dlclose(library->handle);
    free(library->options);
    free(library);
}

struct creation {
    const struct delegate_library *library;
    struct TfLiteDelegate *delegate;
};

static int create(void *argument)
{
    struct creation *creation = argument;
    const struct delegate_library *library = creation->library;

    creation->delegate = library->create((char **)library->keys, (char **)library->values,
                                         library->nr_options, listen);
    return VACCEL_OK;
}

/* Guarded by itself, as the listener must not stay. */
int delegate_create(const struct delegate_library *library, struct TfLiteDelegate **delegate)
{
    struct sentences said = {.length = 0};
    struct creation creation = {.library = library};
    int ret;

    listener = &said;
    ret = guarded(create, &creation);
    listener = NULL;
    *delegate = creation.delegate;
    if (ret != VACCEL_OK || creation.delegate)
        return ret;
    vaccel_error("[tflite] the library in VACCEL_TFLITE_DELEGATE makes no delegate: %s",
                 sentences_text(&said));
    return VACCEL_EBACKEND;
}

void delegate_destroy(const struct delegate_library *library, struct TfLiteDelegate *delegate)
{
    library->destroy(delegate);
}
