/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLATFORM_TEXT_H
#define PLATFORM_TEXT_H

/* Strings without a C library: a guest has only the four functions that a compiler calls itself. */

#include <stdbool.h>
#include <stddef.h>

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);

static inline size_t text_length(const char *text)
{
    size_t length = 0;

    while (text[length])
        length++;
    return length;
}

static inline int text_compare(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

static inline bool text_equal(const char *a, const char *b)
{
    return text_compare(a, b) == 0;
}

/* Where an empty text means none. */
static inline const char *text_or_null(const char *text)
{
    return text && text[0] ? text : NULL;
}

static inline bool text_starts_with(const char *text, const char *prefix)
{
    while (*prefix && *text == *prefix) {
        text++;
        prefix++;
    }
    return !*prefix;
}

static inline bool text_contains(const char *text, const char *part)
{
    while (*text && !text_starts_with(text, part))
        text++;
    return text_starts_with(text, part);
}

/* As strdup(); NULL if there is no memory. */
char *text_copy(const char *text);

/* As snprintf(), with the conversions of platform_format(). */
int text_format(char *buf, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
