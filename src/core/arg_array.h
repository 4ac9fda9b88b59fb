/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ARG_ARRAY_H
#define CORE_ARG_ARRAY_H

#include "vaccel/arg.h"

#include <stddef.h>

/* Whether an array is there and begun. Returns OK or EINVAL. */
int arg_array_check(const struct vaccel_arg_array *arg_array);

/* Make room for @extra more arguments. Returns OK, EINVAL, ERANGE (a wrapped one) or ENOMEM. */
int arg_array_reserve(struct vaccel_arg_array *arg_array, size_t extra);

/* Append @arg as it is. Errors as above. */
int arg_array_append(struct vaccel_arg_array *arg_array, struct vaccel_arg arg);

/* The argument at the position, which must be of @type. Returns OK, EINVAL or ERANGE. */
int arg_array_at(const struct vaccel_arg_array *arg_array, vaccel_arg_type_t type,
                 struct vaccel_arg **arg);

#endif
