/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_OPS_NOOP_H
#define VACCEL_OPS_NOOP_H

#ifdef __cplusplus
extern "C" {
#endif

struct vaccel_session;

/*
 * Do nothing: the cost of a call, and a sign of life.
 * Returns EINVAL (@sess NULL), ESESS (released session), ENOTSUP (no plugin does it).
 * A plugin's function has the same signature.
 */
int vaccel_noop(struct vaccel_session *sess);

#ifdef __cplusplus
}
#endif

#endif
