/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

/*
 * The four functions that compilers call by themselves, also for a loop that does the same. A loop
 * with keep_loop() in it stays what it is, or memcpy() would call itself.
 */

typedef uint64_t word __attribute__((aligned(1), may_alias));

enum { WORD = sizeof(word), BLOCK = 4 * WORD };

static inline void keep_loop(void)
{
    __asm__ volatile("");
}

/* All is read before anything is written, so that the two may overlap. */
static inline void copy_block(unsigned char *to, const unsigned char *from)
{
    const word *in = (const word *)from;
    word *out = (word *)to;
    word a = in[0], b = in[1], c = in[2], d = in[3];

    keep_loop();
    out[0] = a;
    out[1] = b;
    out[2] = c;
    out[3] = d;
}

static inline void copy_word(unsigned char *to, const unsigned char *from)
{
    keep_loop();
    *(word *)to = *(const word *)from;
}

static inline void copy_byte(unsigned char *to, const unsigned char *from)
{
    keep_loop();
    *to = *from;
}

static void copy_forwards(unsigned char *to, const unsigned char *from, size_t size)
{
    for (; size >= BLOCK; size -= BLOCK, to += BLOCK, from += BLOCK)
        copy_block(to, from);
    for (; size >= WORD; size -= WORD, to += WORD, from += WORD)
        copy_word(to, from);
    for (; size; size--)
        copy_byte(to++, from++);
}

static void copy_backwards(unsigned char *to, const unsigned char *from, size_t size)
{
    for (; size >= BLOCK; size -= BLOCK)
        copy_block(to + size - BLOCK, from + size - BLOCK);
    for (; size >= WORD; size -= WORD)
        copy_word(to + size - WORD, from + size - WORD);
    for (; size; size--)
        copy_byte(to + size - 1, from + size - 1);
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    copy_forwards(to, from, size);
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    if ((uintptr_t)to - (uintptr_t)from < size)
        copy_backwards(to, from, size);
    else
        copy_forwards(to, from, size);
    return to;
}

void *memset(void *to, int byte, size_t size)
{
    word pattern = (unsigned char)byte * (word)0x0101010101010101;
    unsigned char *out = to;

    for (; size >= WORD; size -= WORD, out += WORD)
        copy_word(out, (const unsigned char *)&pattern);
    for (; size; size--)
        copy_byte(out++, (const unsigned char *)&pattern);
    return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const unsigned char *x = a;
    const unsigned char *y = b;

    for (; size >= WORD && *(const word *)x == *(const word *)y; size -= WORD) {
        x += WORD;
        y += WORD;
    }
    for (; size; size--, x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}
