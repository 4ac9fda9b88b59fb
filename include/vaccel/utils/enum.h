/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_UTILS_ENUM_H
#define VACCEL_UTILS_ENUM_H

#include <stddef.h>

/* The customary size of a buffer for the name of an enumerator. */
enum { VACCEL_ENUM_STR_MAX = 128 };

/*
 * VACCEL_ENUM_DEF_WITH_STR_FUNCS(name, PREFIX, LIST) defines the enumeration name_t, with
 * PREFIX_MAX after its last item, and three functions:
 *   name_to_str(value)            "PREFIX_ITEM"
 *   name_to_base_str(value)       "ITEM"
 *   name_name(value, buf, size)   "item" in buf, cut to size - 1; NULL if there is no buf or size
 * An unknown value reads as PREFIX_MAX. LIST(ITEM) applies ITEM to each (NAME, value, PREFIX)
 * or (NAME, PREFIX).
 *
 * The underscore is pasted to a name at once, and the rest in the very next macro, lest a macro of
 * the application (DEBUG, _DEBUG) expand in it.
 */
#define VACCEL_ENUM_PICK(a, b, chosen, ...) chosen
#define VACCEL_ENUM_ITEM(name, ...) \
    VACCEL_ENUM_PICK(__VA_ARGS__, VACCEL_ENUM_VALUE, VACCEL_ENUM_NEXT, ) \
    (_##name, __VA_ARGS__)
#define VACCEL_ENUM_VALUE(suffix, value, prefix) prefix##suffix = value,
#define VACCEL_ENUM_NEXT(suffix, prefix) prefix##suffix,
#define VACCEL_ENUM_CASE(name, ...) \
    VACCEL_ENUM_PICK(__VA_ARGS__, VACCEL_ENUM_CASE_VALUE, VACCEL_ENUM_CASE_NEXT, ) \
    (_##name, __VA_ARGS__)
#define VACCEL_ENUM_CASE_VALUE(suffix, value, prefix) \
    case prefix##suffix: \
        return #prefix #suffix;
#define VACCEL_ENUM_CASE_NEXT(suffix, prefix) \
    case prefix##suffix: \
        return #prefix #suffix;

#define VACCEL_ENUM_DEF_WITH_STR_FUNCS(name, prefix, LIST) \
    typedef enum { LIST(VACCEL_ENUM_ITEM) prefix##_MAX } name##_t; \
    static inline const char *name##_to_str(name##_t value) \
    { \
        switch (value) { \
            LIST(VACCEL_ENUM_CASE) \
        default: \
            return #prefix "_MAX"; \
        } \
    } \
    static inline const char *name##_to_base_str(name##_t value) \
    { \
        return name##_to_str(value) + sizeof(#prefix "_") - 1; \
    } \
    static inline char *name##_name(name##_t value, char *buf, size_t size) \
    { \
        return vaccel_enum_lower(name##_to_base_str(value), buf, size); \
    }

/* Copy @str to @buf in lower case, cut to @size - 1 characters. NULL if @buf or @size is missing. */
static inline char *vaccel_enum_lower(const char *str, char *buf, size_t size)
{
    size_t i;

    if (!buf || !size)
        return NULL;
    for (i = 0; i + 1 < size && str[i]; i++)
        buf[i] = (char)(str[i] >= 'A' && str[i] <= 'Z' ? str[i] - 'A' + 'a' : str[i]);
    buf[i] = '\0';
    return buf;
}

#endif
