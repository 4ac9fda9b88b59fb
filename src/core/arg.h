/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ARG_H
#define CORE_ARG_H

#include "vaccel/arg.h"

#include <stdbool.h>
#include <stddef.h>

/* Bytes of one value of a numeric type or of an element of its array; 0 for the other types. */
size_t arg_element_size(vaccel_arg_type_t type);

/*
 * Whether an argument is what its type says: a known type, memory where it has a size, one value or
 * a whole number of elements, a string with its NUL. Values are not looked at.
 */
bool arg_valid(const struct vaccel_arg *arg);

/* Whether a string ends within @size bytes. */
bool arg_string_ends(const char *str, size_t size);

#endif
