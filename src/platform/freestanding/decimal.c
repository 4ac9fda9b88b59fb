/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/freestanding/decimal.h"
#include "platform/text.h"

enum { LIMB_BASE = 1000000000, CHUNK_BITS = 29 };

static const uint32_t powers[DECIMAL_LIMB_DIGITS] = {1,      10,      100,      1000,     10000,
                                                     100000, 1000000, 10000000, 100000000};

enum {
    HIGHEST = DECIMAL_INTEGER_LIMBS * DECIMAL_LIMB_DIGITS - 1,
    LOWEST = -DECIMAL_FRACTION_LIMBS * DECIMAL_LIMB_DIGITS
};

/* Where a position's digit lies; positions are between LOWEST and HIGHEST. */
static int limb_of(int position)
{
    return (HIGHEST - position) / DECIMAL_LIMB_DIGITS;
}

static uint32_t power_of(int position)
{
    return powers[(position - LOWEST) % DECIMAL_LIMB_DIGITS];
}

static void shift_up(struct decimal *decimal, int bits)
{
    uint64_t carry = 0;

    for (int i = DECIMAL_LIMBS - 1; i >= 0; i--) {
        uint64_t limb = ((uint64_t)decimal->limbs[i] << bits) + carry;

        decimal->limbs[i] = (uint32_t)(limb % LIMB_BASE);
        carry = limb / LIMB_BASE;
    }
}

static void shift_down(struct decimal *decimal, int bits)
{
    uint64_t rest = 0;

    for (int i = 0; i < DECIMAL_LIMBS; i++) {
        uint64_t limb = rest * LIMB_BASE + decimal->limbs[i];

        decimal->limbs[i] = (uint32_t)(limb >> bits);
        rest = limb & ((1u << bits) - 1);
    }
}

static void shift(struct decimal *decimal, int bits)
{
    for (; bits >= CHUNK_BITS; bits -= CHUNK_BITS)
        shift_up(decimal, CHUNK_BITS);
    for (; bits <= -CHUNK_BITS; bits += CHUNK_BITS)
        shift_down(decimal, CHUNK_BITS);
    if (bits > 0)
        shift_up(decimal, bits);
    else if (bits < 0)
        shift_down(decimal, -bits);
}

void decimal_set(struct decimal *decimal, double value)
{
    const uint64_t hidden_bit = (uint64_t)1 << 52;
    uint64_t bits, mantissa;
    int exponent;

    memcpy(&bits, &value, sizeof(bits));
    exponent = (int)(bits >> 52 & 0x7ff);
    mantissa = bits & (hidden_bit - 1);
    if (exponent)
        mantissa |= hidden_bit;
    else
        exponent = 1;
    memset(decimal, 0, sizeof(*decimal));
    decimal->limbs[DECIMAL_INTEGER_LIMBS - 1] = (uint32_t)(mantissa % LIMB_BASE);
    decimal->limbs[DECIMAL_INTEGER_LIMBS - 2] = (uint32_t)(mantissa / LIMB_BASE);
    shift(decimal, exponent - 1075);
}

int decimal_digit(const struct decimal *decimal, int position)
{
    if (position < LOWEST || position > HIGHEST)
        return 0;
    return (int)(decimal->limbs[limb_of(position)] / power_of(position) % 10);
}

int decimal_first(const struct decimal *decimal)
{
    for (int i = 0; i < DECIMAL_LIMBS; i++) {
        int position = HIGHEST - i * DECIMAL_LIMB_DIGITS;

        if (!decimal->limbs[i])
            continue;
        while (!decimal_digit(decimal, position))
            position--;
        return position;
    }
    return 0;
}

/* Whether anything but zeros is found below @position; they are cleared. */
static bool clear_below(struct decimal *decimal, int position)
{
    int limb = limb_of(position);
    uint32_t rest = decimal->limbs[limb] % power_of(position);
    bool found = rest != 0;

    decimal->limbs[limb] -= rest;
    for (int i = limb + 1; i < DECIMAL_LIMBS; i++) {
        found = found || decimal->limbs[i];
        decimal->limbs[i] = 0;
    }
    return found;
}

static void add_one(struct decimal *decimal, int position)
{
    int limb = limb_of(position);

    decimal->limbs[limb] += power_of(position);
    while (limb > 0 && decimal->limbs[limb] >= LIMB_BASE) {
        decimal->limbs[limb] -= LIMB_BASE;
        decimal->limbs[--limb]++;
    }
}

void decimal_round(struct decimal *decimal, int position)
{
    int next = decimal_digit(decimal, position - 1);
    bool more;

    if (position <= LOWEST || position > HIGHEST)
        return;
    more = clear_below(decimal, position - 1);
    clear_below(decimal, position);
    if (next > 5 || (next == 5 && (more || decimal_digit(decimal, position) % 2)))
        add_one(decimal, position);
}
