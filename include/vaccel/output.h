/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_OUTPUT_H
#define VACCEL_OUTPUT_H

#include "id.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vaccel_session;

/*
 * Where an output goes whose size is not known before the call.
 *
 * Before the call the caller sets @data and @size: room of its own, and how many bytes that is; or
 * NULL and 0 to have the output held. After the call @size is the output's whole length, and
 *   - @held is 0: the output is in @data;
 *   - @held is not 0: the output did not fit, or none was given, and waits with the session. The
 *     operation returned ERANGE if room was given. Make room for @size bytes, set @data and
 *     call vaccel_output_fetch(); nothing is computed again. Or drop it.
 */
struct vaccel_output {
    void *data;
    size_t size;
    vaccel_id_t held;
};

/*
 * Fetch a held output into @out->data, which has room for @out->size bytes; it is held no longer.
 * Returns EINVAL (NULL), ESESS (released session), ENOENT (not held by this session), ERANGE
 * (too small: @out->size says how much is needed, and it stays held).
 */
int vaccel_output_fetch(struct vaccel_session *sess, struct vaccel_output *out);

/* Give up a held output. What is left at the end of a session goes with it. Errors as above. */
int vaccel_output_drop(struct vaccel_session *sess, struct vaccel_output *out);

/*
 * For plugins: deliver @size bytes of @data into @out, or hold a copy of them with the session.
 * @data may be @out->data: who has written there saves the copy. @data may be NULL if @size is 0. Does nothing if @out is NULL (an output nobody wants).
 * Returns EINVAL, ESESS, ENOMEM (also if the session holds others and they would be more than 1 GiB
 * with this one), or ERANGE if room was given and was too small.
 */
int vaccel_output_put(struct vaccel_session *sess, struct vaccel_output *out, const void *data,
                      size_t size);

#ifdef __cplusplus
}
#endif

#endif
