/* SPDX-License-Identifier: Apache-2.0 */
#include "vaccel/utils/str.h"
#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel/error.h"
#include "vaccel/log.h"
#include "vaccel/utils/enum.h"

static int lower_copy(const char *str, char **copy)
{
    size_t size = text_length(str) + 1;
    char *made = platform_alloc(size);

    if (!made) {
        vaccel_error("no memory for a string of %zu bytes", size);
        return VACCEL_ENOMEM;
    }
    *copy = vaccel_enum_lower(str, made, size);
    return VACCEL_OK;
}

int vaccel_str_to_lower(const char *str, char *lower, size_t size, char **alloc)
{
    int error = VACCEL_OK;

    if (!str || (!lower && !alloc) || (lower && !size)) {
        vaccel_error("a string and room for the result are needed: %s",
                     !str ? "the string is NULL" : "there is no room");
        return VACCEL_EINVAL;
    }
    /* First, as @lower may be @str itself. */
    if (alloc)
        error = lower_copy(str, alloc);
    if (!error && lower)
        vaccel_enum_lower(str, lower, size);
    return error;
}
