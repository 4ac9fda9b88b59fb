/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/freestanding/float.h"
#include "platform/freestanding/decimal.h"

enum { DEFAULT_PRECISION = 6 };

/* A rounded number, ready to be written. */
struct rounded {
    struct decimal decimal;
    int first;    /* position of the first digit */
    int decimals; /* digits after the point */
    bool exponential;
    bool point;
};

static void round_fixed(struct rounded *number, int precision)
{
    decimal_round(&number->decimal, -precision);
    number->first = decimal_first(&number->decimal);
    number->decimals = precision;
}

static void round_exponential(struct rounded *number, int precision)
{
    decimal_round(&number->decimal, decimal_first(&number->decimal) - precision);
    number->first = decimal_first(&number->decimal);
    number->decimals = precision;
    number->exponential = true;
}

static int last_position(const struct rounded *number)
{
    return (number->exponential ? number->first : 0) - number->decimals;
}

/* %g: so many digits in all, in the style that is shorter, without zeros at the end. */
static void round_general(struct rounded *number, int precision, bool keep_zeros)
{
    int digits = precision ? precision : 1;

    round_exponential(number, digits - 1);
    if (number->first >= -4 && number->first < digits) {
        number->exponential = false;
        number->decimals = digits - 1 - number->first;
    }
    while (!keep_zeros && number->decimals &&
           !decimal_digit(&number->decimal, last_position(number)))
        number->decimals--;
}

static void put_exponent(struct sink *sink, int exponent)
{
    int size = exponent < 0 ? -exponent : exponent;

    sink_put(sink, 'e');
    sink_put(sink, exponent < 0 ? '-' : '+');
    if (size >= 100)
        sink_put(sink, (char)('0' + size / 100));
    sink_put(sink, (char)('0' + size / 10 % 10));
    sink_put(sink, (char)('0' + size % 10));
}

static void put_number(struct sink *sink, const struct rounded *number)
{
    int ones = number->exponential ? number->first : 0;
    int position = number->first > ones ? number->first : ones;

    for (; position >= last_position(number); position--) {
        sink_put(sink, (char)('0' + decimal_digit(&number->decimal, position)));
        if (position == ones && (number->decimals || number->point))
            sink_put(sink, '.');
    }
    if (number->exponential)
        put_exponent(sink, number->first);
}

static void round_number(struct rounded *number, const struct layout *layout, char type,
                         double value)
{
    int precision = layout->precision < 0 ? DEFAULT_PRECISION : layout->precision;

    decimal_set(&number->decimal, value);
    number->exponential = false;
    number->point = layout->alternate;
    if (type == 'f')
        round_fixed(number, precision);
    else if (type == 'e')
        round_exponential(number, precision);
    else
        round_general(number, precision, layout->alternate);
}

static void format_special(struct sink *sink, struct layout layout, char sign, const char *word)
{
    size_t length = (sign ? 1 : 0) + 3;

    layout.zero = false;
    layout_begin(sink, &layout, &sign, sign ? 1 : 0, length);
    sink_put_all(sink, word, 3);
    layout_end(sink, &layout, length);
}

void format_float(struct sink *sink, struct layout layout, char type, double value)
{
    char sign = layout_sign(&layout, __builtin_signbit(value) != 0);
    struct sink measure = {NULL, 0, sign ? 1 : 0};
    struct rounded number;

    if (__builtin_isnan(value) || __builtin_isinf(value)) {
        format_special(sink, layout, sign, __builtin_isnan(value) ? "nan" : "inf");
        return;
    }
    round_number(&number, &layout, type, value);
    put_number(&measure, &number);
    layout_begin(sink, &layout, &sign, sign ? 1 : 0, measure.length);
    put_number(sink, &number);
    layout_end(sink, &layout, measure.length);
}
