/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLATFORM_FREESTANDING_DECIMAL_H
#define PLATFORM_FREESTANDING_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The exact decimal expansion of a double, so that what is printed is correctly rounded. The digit
 * at position p stands for p-th powers of ten: 0 are the ones, -1 the tenths.
 */
enum {
    DECIMAL_LIMB_DIGITS = 9,
    DECIMAL_INTEGER_LIMBS = 35,   /* 309 digits */
    DECIMAL_FRACTION_LIMBS = 120, /* 1074 digits */
    DECIMAL_LIMBS = DECIMAL_INTEGER_LIMBS + DECIMAL_FRACTION_LIMBS
};

struct decimal {
    uint32_t limbs[DECIMAL_LIMBS]; /* most significant first, nine digits each */
};

/* @value is finite; its sign is left out. */
void decimal_set(struct decimal *decimal, double value);
int decimal_digit(const struct decimal *decimal, int position);
/* Position of the first digit that is not zero; 0 if there is none. */
int decimal_first(const struct decimal *decimal);
/* Round half to even, so that no digit is left below @position. */
void decimal_round(struct decimal *decimal, int position);

#endif
