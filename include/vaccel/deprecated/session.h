/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_DEPRECATED_SESSION_H
#define VACCEL_DEPRECATED_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vaccel_session;
struct vaccel_resource;

/*
 * Change a session's hint. Release it and begin another instead.
 * Local sessions choose their plugins anew, unless resources are registered (ENOTSUP); of a remote
 * session the transport plugin is told.
 * Returns EINVAL, ESESS, ENOTSUP, or what the plugin returned.
 */
int vaccel_session_update(struct vaccel_session *sess, uint32_t flags) __attribute__((deprecated));

/* Old names of vaccel_session_init(), _update(), _release() and _has_resource(). */
int vaccel_sess_init(struct vaccel_session *sess, uint32_t flags) __attribute__((deprecated));
int vaccel_sess_update(struct vaccel_session *sess, uint32_t flags) __attribute__((deprecated));
int vaccel_sess_free(struct vaccel_session *sess) __attribute__((deprecated));
bool vaccel_sess_has_resource(struct vaccel_session *sess, struct vaccel_resource *resource)
    __attribute__((deprecated));

#ifdef __cplusplus
}
#endif

#endif
