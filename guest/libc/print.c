/* SPDX-License-Identifier: Apache-2.0 */
#include "stream.h"

#include "platform/platform.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int vsnprintf(char *buf, size_t size, const char *format, va_list arguments)
{
    return platform_format(buf, size, format, arguments);
}

int snprintf(char *buf, size_t size, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(buf, size, format, arguments);
    va_end(arguments);
    return length;
}

/* What is too long for the stack. */
static bool print_long(struct stream *stream, size_t length, const char *format, va_list arguments)
{
    char *text = malloc(length + 1);
    bool written;

    if (!text) {
        stream->error = true;
        return false;
    }
    vsnprintf(text, length + 1, format, arguments);
    written = stream_write(stream, text, length);
    free(text);
    return written;
}

int vfprintf(FILE *stream, const char *format, va_list arguments)
{
    char text[256];
    va_list again;
    bool written;
    int length;

    va_copy(again, arguments);
    length = vsnprintf(text, sizeof(text), format, arguments);
    if (length < (int)sizeof(text))
        written = length >= 0 && stream_write(stream, text, (size_t)length);
    else
        written = print_long(stream, (size_t)length, format, again);
    va_end(again);
    return written ? length : -1;
}

int printf(const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vfprintf(stdout, format, arguments);
    va_end(arguments);
    return length;
}

int fprintf(FILE *stream, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vfprintf(stream, format, arguments);
    va_end(arguments);
    return length;
}

int fputc(int character, FILE *stream)
{
    char byte = (char)character;

    return stream_write(stream, &byte, 1) ? (unsigned char)byte : EOF;
}

int putchar(int character)
{
    return fputc(character, stdout);
}

int fputs(const char *text, FILE *stream)
{
    return stream_write(stream, text, strlen(text)) ? 0 : EOF;
}

int puts(const char *text)
{
    return fputs(text, stdout) == EOF || fputc('\n', stdout) == EOF ? EOF : 0;
}
