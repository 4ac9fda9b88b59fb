/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/freestanding/float.h"
#include "platform/freestanding/sink.h"
#include "platform/platform.h"
#include "platform/text.h"

/* One "%..." of a format. */
struct conversion {
    struct layout layout;
    size_t size; /* of an integer argument */
    char type;
};

static void read_flags(struct layout *layout, const char **format)
{
    for (;; (*format)++) {
        switch (**format) {
        case '-':
            layout->left = true;
            break;
        case '0':
            layout->zero = true;
            break;
        case '+':
            layout->plus = true;
            break;
        case ' ':
            layout->space = true;
            break;
        case '#':
            layout->alternate = true;
            break;
        default:
            return;
        }
    }
}

static int read_number(const char **format, va_list *arguments)
{
    int number = 0;

    if (**format == '*') {
        (*format)++;
        return va_arg(*arguments, int);
    }
    for (; **format >= '0' && **format <= '9'; (*format)++)
        if (number < INT16_MAX)
            number = number * 10 + (**format - '0');
    return number;
}

static void read_width(struct layout *layout, const char **format, va_list *arguments)
{
    layout->width = read_number(format, arguments);
    if (layout->width < 0) {
        layout->left = true;
        layout->width = layout->width == INT32_MIN ? INT32_MAX : -layout->width;
    }
    layout->precision = -1;
    if (**format == '.') {
        (*format)++;
        layout->precision = read_number(format, arguments);
    }
}

/* "hh" is told from "h" and "ll" from "l" by the second letter. */
static size_t read_size(const char **format)
{
    char first = **format;

    switch (first) {
    case 'h':
    case 'l':
        (*format)++;
        if (**format != first)
            return first == 'h' ? sizeof(short) : sizeof(long);
        (*format)++;
        return first == 'h' ? sizeof(char) : sizeof(long long);
    case 'z':
    case 't':
        (*format)++;
        return sizeof(size_t);
    case 'j': /* intmax_t, which nolibc's <stdint.h> does not have */
        (*format)++;
        return sizeof(int64_t);
    default:
        return sizeof(int);
    }
}

static int64_t signed_argument(size_t size, va_list *arguments)
{
    if (size == sizeof(int64_t))
        return va_arg(*arguments, int64_t);
    if (size == sizeof(char))
        return (signed char)va_arg(*arguments, int);
    if (size == sizeof(short))
        return (short)va_arg(*arguments, int);
    return va_arg(*arguments, int);
}

static uint64_t unsigned_argument(size_t size, va_list *arguments)
{
    uint64_t value;

    if (size == sizeof(uint64_t))
        return va_arg(*arguments, uint64_t);
    value = va_arg(*arguments, unsigned int);
    return value & (((uint64_t)1 << (size * 8)) - 1);
}

static void put_integer(struct sink *sink, struct layout layout, const char *prefix, uint64_t value,
                        unsigned int base, const char *digits)
{
    char text[24]; /* from its end on */
    size_t start = sizeof(text);
    size_t prefix_length = text_length(prefix);
    size_t length, zeros;

    for (; value; value /= base)
        text[--start] = digits[value % base];
    length = sizeof(text) - start;
    if (layout.precision >= 0)
        layout.zero = false;
    else
        layout.precision = 1;
    zeros = (size_t)layout.precision > length ? (size_t)layout.precision - length : 0;
    layout_begin(sink, &layout, prefix, prefix_length, prefix_length + zeros + length);
    sink_repeat(sink, '0', (int)zeros);
    sink_put_all(sink, text + start, length);
    layout_end(sink, &layout, prefix_length + zeros + length);
}

static void put_signed(struct sink *sink, const struct layout *layout, int64_t value)
{
    const char sign[2] = {layout_sign(layout, value < 0), '\0'};
    uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;

    put_integer(sink, *layout, sign, magnitude, 10, "0123456789");
}

static void put_hexadecimal(struct sink *sink, const struct layout *layout, uint64_t value,
                            bool upper)
{
    const char *prefix = upper ? "0X" : "0x";

    put_integer(sink, *layout, layout->alternate && value ? prefix : "", value, 16,
                upper ? "0123456789ABCDEF" : "0123456789abcdef");
}

static void put_text(struct sink *sink, struct layout layout, const char *text)
{
    size_t length = 0;

    if (!text)
        text = "(null)";
    while ((layout.precision < 0 || length < (size_t)layout.precision) && text[length])
        length++;
    layout.zero = false;
    layout_begin(sink, &layout, "", 0, length);
    sink_put_all(sink, text, length);
    layout_end(sink, &layout, length);
}

static void put_character(struct sink *sink, struct layout layout, char character)
{
    layout.zero = false;
    layout_begin(sink, &layout, "", 0, 1);
    sink_put(sink, character);
    layout_end(sink, &layout, 1);
}

static void put_pointer(struct sink *sink, struct layout layout, const void *pointer)
{
    layout.alternate = true;
    layout.precision = -1;
    if (pointer)
        put_hexadecimal(sink, &layout, (uintptr_t)pointer, false);
    else
        put_text(sink, layout, "(nil)");
}

/* False for a letter that is not known, whose argument therefore is not either. */
static bool convert(struct sink *sink, const struct conversion *conversion, va_list *arguments)
{
    const struct layout *layout = &conversion->layout;

    switch (conversion->type) {
    case 'd':
    case 'i':
        put_signed(sink, layout, signed_argument(conversion->size, arguments));
        return true;
    case 'u':
        put_integer(sink, *layout, "", unsigned_argument(conversion->size, arguments), 10,
                    "0123456789");
        return true;
    case 'x':
    case 'X':
        put_hexadecimal(sink, layout, unsigned_argument(conversion->size, arguments),
                        conversion->type == 'X');
        return true;
    case 's':
        put_text(sink, *layout, va_arg(*arguments, const char *));
        return true;
    case 'c':
        put_character(sink, *layout, (char)va_arg(*arguments, int));
        return true;
    case 'p':
        put_pointer(sink, *layout, va_arg(*arguments, const void *));
        return true;
    case 'f':
    case 'e':
    case 'g':
        format_float(sink, *layout, conversion->type, va_arg(*arguments, double));
        return true;
    case '%':
        sink_put(sink, '%');
        return true;
    default:
        return false;
    }
}

static void format_all(struct sink *sink, const char *format, va_list *arguments)
{
    while (*format) {
        struct conversion conversion = {0};
        const char *start = format++;

        if (*start != '%') {
            sink_put(sink, *start);
            continue;
        }
        read_flags(&conversion.layout, &format);
        read_width(&conversion.layout, &format, arguments);
        conversion.size = read_size(&format);
        conversion.type = *format;
        if (!convert(sink, &conversion, arguments)) {
            sink_put_all(sink, start, text_length(start));
            return;
        }
        format++;
    }
}

int platform_format(char *buf, size_t size, const char *format, va_list arguments)
{
    struct sink sink = {buf, size, 0};
    va_list copy;

    va_copy(copy, arguments);
    format_all(&sink, format, &copy);
    va_end(copy);
    if (size)
        buf[sink.length < size ? sink.length : size - 1] = '\0';
    return sink.length > INT32_MAX ? -1 : (int)sink.length;
}
