/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TFLITE_STRINGS_H
#define TFLITE_STRINGS_H

#include <stddef.h>

/*
 * A tensor of strings here: a length (uint64_t) for each, and behind them the bytes. In TensorFlow Lite:
 * their number, a place in the tensor for each and one for the end (all int32_t), and the bytes.
 * The calls allocate what they make; pass it to free().
 */

/* To TensorFlow Lite. Returns EINVAL (lengths and @size do not suit each other, over 2 GiB), ENOMEM. */
int strings_pack(const void *data, size_t size, size_t nr_strings, void **packed,
                 size_t *packed_size);

/* And back. Returns EBACKEND (these are not @nr_strings strings), ENOMEM. */
int strings_unpack(const void *packed, size_t packed_size, size_t nr_strings, void **data,
                   size_t *size);

#endif
