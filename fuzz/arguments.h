/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_ARGUMENTS_H
#define FUZZ_ARGUMENTS_H

#include "bytes.h"
#include "vaccel.h"

/*
 * A list of arguments out of a fuzzer's input: how many, then for each a byte with its type and the
 * flags below, its size, its number if it is CUSTOM, its contents. Array and contents are each a
 * block of their own, exactly as long as is said, so that no step over an end goes unseen.
 */
struct arguments {
    struct vaccel_arg *args;
    struct vaccel_arg *before; /* as they were made */
    size_t count;
    unsigned char **blocks;
};

enum {
    ARGUMENTS_MOST = 63,
    ARGUMENT_TYPE = 0x1f,
    ARGUMENT_NULL = 0x20,      /* a size, but no contents */
    ARGUMENT_UNALIGNED = 0x40, /* the contents begin at an odd address */
    ARGUMENT_HUGE = 0x80,      /* no contents, and the size counts down from the largest */
};

/* @first arguments are left free in front. */
void arguments_make(struct arguments *arguments, size_t first, struct bytes *bytes);
void arguments_free(struct arguments *arguments);

/* Abort if anything but contents has changed, or the sizes of write arguments. */
void arguments_check(const struct arguments *arguments, bool write);

#endif
