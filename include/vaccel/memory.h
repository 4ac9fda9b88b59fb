/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_MEMORY_H
#define VACCEL_MEMORY_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Memory for large arguments and results. Any memory will do for them; but what lies here needs no
 * copying on its way to an accelerator that a transport reaches by shared memory: whoever runs the
 * operation works on it where it lies. Elsewhere it is memory like any other.
 *
 * It begins at a multiple of 64 bytes and is not cleared. While an operation runs, and until a call that
 * was given up has ended, the other side can read and write it.
 *
 * After fork() it is not copied: the child sees what the parent writes there, and the other way round.
 * It is the parent's to free; vaccel_free() in the child does nothing with it.
 */

/*
 * Returns NULL if there is no memory (a VACCEL_ENOMEM, in calls that tell); logged. Of 0 bytes it is a
 * pointer that can be freed.
 */
void *vaccel_alloc(size_t size);

/* @data  of vaccel_alloc(), not in use by any operation; or NULL */
void vaccel_free(void *data);

#ifdef __cplusplus
}
#endif

#endif
