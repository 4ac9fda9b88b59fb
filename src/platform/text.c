/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/text.h"
#include "platform/platform.h"

char *text_copy(const char *text)
{
    size_t size = text_length(text) + 1;
    char *copy = platform_alloc(size);

    if (copy)
        memcpy(copy, text, size);
    return copy;
}

int text_format(char *buf, size_t size, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = platform_format(buf, size, format, arguments);
    va_end(arguments);
    return length;
}
