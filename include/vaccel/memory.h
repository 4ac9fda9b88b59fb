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
 * It begins at a multiple of 64 bytes and is not cleared. Both functions may be called from any thread, also
 * before the library is initialised.
 *
 * A process whose plugin rpc is at an address virtio:// shares all of this memory with the agent, as long as
 * it is connected: the agent can read and write what is no argument too. While an operation runs, and until a
 * call that was given up has ended, it does so with arguments.
 *
 * After fork() it is not copied: the child sees what the parent writes there, and the other way round.
 * It is the parent's to free; vaccel_free() in the child does nothing with it.
 */

/*
 * @size  in bytes
 * Returns NULL if there is no memory (a VACCEL_ENOMEM, in calls that tell); logged. Of 0 bytes it is a
 * pointer that can be freed.
 */
void *vaccel_alloc(size_t size);

/* @data  of vaccel_alloc(), not in use by any operation; or NULL, which does nothing */
void vaccel_free(void *data);

#ifdef __cplusplus
}
#endif

#endif
