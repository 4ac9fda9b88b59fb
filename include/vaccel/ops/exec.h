/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_OPS_EXEC_H
#define VACCEL_OPS_EXEC_H

#include "../arg.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vaccel_resource;
struct vaccel_session;

/*
 * The function behind the two calls:
 *   int function(struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write,
 *                size_t nr_write);
 * It returns 0 or anything else for failure, which the caller sees as EBACKEND.
 *
 * Arguments are opaque to the library. @read are inputs, which a function in this process may change;
 * what one elsewhere does to them stays there. @write are outputs, in buffers of the caller, whose
 * contents go in too. An array may be NULL if its count is 0.
 */

/*
 * Run a function of a shared library that lies on the machine of the plugin.
 * @library    file name or path for dlopen() there
 * @fn_symbol  name of the function
 * Returns EINVAL (NULL, the library cannot be opened), ENOSYS (no such function), EBACKEND (it
 * failed), EACCES (the operator forbids it), ESESS, ENOTSUP, or what the plugin returned.
 */
int vaccel_exec(struct vaccel_session *sess, const char *library, const char *fn_symbol,
                struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write, size_t nr_write);

/*
 * Run a function of a library that is a resource (or, on a GPU plugin, a kernel).
 * @resource   of type LIB, registered with @sess; its last blob is the library, those before it are
 *             libraries that it needs
 * Returns as vaccel_exec(); EINVAL (wrong type of resource), EPERM (not registered).
 */
int vaccel_exec_with_resource(struct vaccel_session *sess, struct vaccel_resource *resource,
                              const char *fn_symbol, struct vaccel_arg *read, size_t nr_read,
                              struct vaccel_arg *write, size_t nr_write);

#ifdef __cplusplus
}
#endif

#endif
