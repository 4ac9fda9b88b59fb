/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_OPS_GENOP_H
#define VACCEL_OPS_GENOP_H

#include "../arg.h"

#ifdef __cplusplus
extern "C" {
#endif

struct vaccel_session;

/*
 * Any operation, as a list of arguments.
 * @read   read[0] is the operation's number (vaccel_op_type_t) as a UINT8 argument; after it
 *         come the inputs. @nr_read counts them all and is at least 1
 * @write  the outputs, in buffers of the caller. After the call the size of an output of unknown
 *         size is its length
 * Which arguments each operation takes is told in docs/operations.md.
 * Returns EINVAL (NULL, an unknown operation, arguments that it does not take), ESESS, ENOENT (no
 * such resource), ENOTSUP, ERANGE, or what the plugin returned.
 */
int vaccel_genop(struct vaccel_session *sess, struct vaccel_arg *read, int nr_read,
                 struct vaccel_arg *write, int nr_write);

#ifdef __cplusplus
}
#endif

#endif
