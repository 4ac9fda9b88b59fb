/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLATFORM_FREESTANDING_SINK_H
#define PLATFORM_FREESTANDING_SINK_H

#include <stdbool.h>
#include <stddef.h>

/* Where formatted characters go: what does not fit is counted only. */
struct sink {
    char *buf;
    size_t size;
    size_t length;
};

static inline void sink_put(struct sink *sink, char character)
{
    if (sink->length < sink->size)
        sink->buf[sink->length] = character;
    sink->length++;
}

static inline void sink_put_all(struct sink *sink, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        sink_put(sink, text[i]);
}

static inline void sink_repeat(struct sink *sink, char character, int times)
{
    for (; times > 0; times--)
        sink_put(sink, character);
}

/* What stands between '%' and the letter. */
struct layout {
    bool left, zero, plus, space, alternate;
    int width;
    int precision; /* negative: not given */
};

/* The sign that goes before a number: 0 for none. */
static inline char layout_sign(const struct layout *layout, bool negative)
{
    if (negative)
        return '-';
    if (layout->plus)
        return '+';
    return layout->space ? ' ' : '\0';
}

/* Sign or base, with the padding that goes before and after it; @length counts it and what follows.
 */
static inline void layout_begin(struct sink *sink, const struct layout *layout, const char *prefix,
                                size_t prefix_length, size_t length)
{
    int padding = (size_t)layout->width > length ? layout->width - (int)length : 0;

    if (!layout->left && !layout->zero)
        sink_repeat(sink, ' ', padding);
    sink_put_all(sink, prefix, prefix_length);
    if (!layout->left && layout->zero)
        sink_repeat(sink, '0', padding);
}

static inline void layout_end(struct sink *sink, const struct layout *layout, size_t length)
{
    if (layout->left && (size_t)layout->width > length)
        sink_repeat(sink, ' ', layout->width - (int)length);
}

#endif
