/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

/* What the digit stands for; 36 or more if it is none. */
static unsigned int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return (unsigned int)(digit - '0');
    if (digit >= 'a' && digit <= 'z')
        return (unsigned int)(digit - 'a') + 10;
    if (digit >= 'A' && digit <= 'Z')
        return (unsigned int)(digit - 'A') + 10;
    return UINT_MAX;
}

static const char *skip_spaces(const char *text)
{
    while (*text == ' ' || (*text >= '\t' && *text <= '\r'))
        text++;
    return text;
}

/* A "0x" counts only with a digit behind it. */
static bool has_hexadecimal_prefix(const char *text)
{
    return text[0] == '0' && (text[1] == 'x' || text[1] == 'X') && digit_value(text[2]) < 16;
}

/* Digits as far as they go; what is above @most becomes @most and ERANGE. */
static const char *read_digits(const char *text, unsigned int base, unsigned long most,
                               unsigned long *value)
{
    bool fits = true;

    for (*value = 0; digit_value(*text) < base; text++) {
        fits = fits && !__builtin_mul_overflow(*value, base, value) &&
               !__builtin_add_overflow(*value, digit_value(*text), value) && *value <= most;
        if (!fits)
            *value = most;
    }
    if (!fits)
        errno = ERANGE;
    return text;
}

long strtol(const char *text, char **end, int base)
{
    const char *digits = skip_spaces(text);
    bool negative = *digits == '-';
    unsigned long value = 0;
    const char *after;

    if (end)
        *end = (char *)text;
    if (base < 0 || base == 1 || base > 36) {
        errno = EINVAL;
        return 0;
    }
    if (*digits == '-' || *digits == '+')
        digits++;
    if ((base == 0 || base == 16) && has_hexadecimal_prefix(digits)) {
        digits += 2;
        base = 16;
    }
    if (base == 0)
        base = *digits == '0' ? 8 : 10;
    after = read_digits(digits, (unsigned int)base, (unsigned long)LONG_MAX + negative, &value);
    if (end && after > digits)
        *end = (char *)after;
    return negative ? (long)-value : (long)value;
}
