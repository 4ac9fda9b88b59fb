/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

#include "vaccel.h"

#include <errno.h>
#include <stdlib.h>

enum { THREADS_MAX = 256 };

static int read_threads(int *threads)
{
    const char *value = getenv("VACCEL_TFLITE_THREADS");
    char *end;
    long number;

    *threads = 0;
    if (!value || !*value)
        return VACCEL_OK;
    errno = 0;
    number = strtol(value, &end, 10);
    if (errno || *end || number < 1 || number > THREADS_MAX) {
        vaccel_error("[tflite] VACCEL_TFLITE_THREADS is \"%s\": set a number from 1 to %d", value,
                     THREADS_MAX);
        return VACCEL_EINVAL;
    }
    *threads = (int)number;
    return VACCEL_OK;
}

static const char *setting(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

int settings_read(struct settings *settings)
{
    settings->delegate = setting("VACCEL_TFLITE_DELEGATE");
    settings->delegate_options = setting("VACCEL_TFLITE_DELEGATE_OPTIONS");
    if (settings->delegate_options && !settings->delegate) {
        vaccel_error("[tflite] VACCEL_TFLITE_DELEGATE_OPTIONS is set and VACCEL_TFLITE_DELEGATE is "
                     "not: set it to the path of the delegate's library");
        return VACCEL_EINVAL;
    }
    return read_threads(&settings->threads);
}
