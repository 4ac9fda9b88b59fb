/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLATFORM_CHECKED_H
#define PLATFORM_CHECKED_H

#include <stdbool.h>
#include <stddef.h>

/* Sums and products of sizes that a stranger chose. False if the result does not fit. */
static inline bool size_add(size_t a, size_t b, size_t *sum)
{
    return !__builtin_add_overflow(a, b, sum);
}

static inline bool size_mul(size_t a, size_t b, size_t *product)
{
    return !__builtin_mul_overflow(a, b, product);
}

#endif
