/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_SESSION_H
#define VACCEL_SESSION_H

#include "id.h"
#include "resource.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vaccel_plugin;

/*
 * A session: the context in which an application calls operations. The struct is the caller's, on
 * the stack or the heap, and must stay where it is from init to release.
 *
 * Any number of threads may use one session at once. Releasing waits for the calls that run in it;
 * a call on a released session whose struct still exists returns VACCEL_ESESS.
 */
struct vaccel_session {
    vaccel_id_t id;        /* > 0 while the session lives */
    vaccel_id_t remote_id; /* the id on the other side; written by a transport plugin */
    unsigned int hint;     /* the plugin types asked for at init (vaccel_plugin_type_t bits) */
    bool is_virtio;        /* the session is served by a transport plugin */
    char rundir[4096];     /* path of its run directory; see vaccel_session_make_rundir() */
    struct vaccel_plugin *plugin; /* the plugin that the hint chose */
    void *priv;                   /* for the transport plugin */
    void *core;                   /* the library's own */
};

/*
 * Begin a session.
 * @sess   struct to fill, not a live session; what it held is ignored
 * @flags  vaccel_plugin_type_t bits, 0 for any. VACCEL_PLUGIN_REMOTE asks for the first transport
 *         plugin; other bits prefer the first loaded plugin that has one of them. What that plugin
 *         does not implement is served by the other loaded plugins, in load order.
 * Makes no file system call. The session must be ended with vaccel_session_release().
 * Returns EINVAL (@sess NULL), ESESS (library not initialised), ENOTSUP (no plugin
 * is loaded, or none is a transport where REMOTE was asked for), ENOMEM, or what a plugin returned.
 */
int vaccel_session_init(struct vaccel_session *sess, uint32_t flags);

/*
 * End a session: wait for the calls that run in it, unregister its resources, drop its held
 * outputs, remove its run directory. The struct may be used again for vaccel_session_init().
 * Returns EINVAL (@sess NULL or without an id), ESESS (library not initialised, or released by
 * another thread), EBUSY (called from within an operation of this session).
 */
int vaccel_session_release(struct vaccel_session *sess);

/*
 * As vaccel_session_init(), on a struct that the library allocates.
 * @sess  where the pointer goes; end it with vaccel_session_delete(). Left alone on error.
 */
int vaccel_session_new(struct vaccel_session **sess, uint32_t flags);

/* As vaccel_session_release(), and free the struct. Only for sessions of vaccel_session_new(). */
int vaccel_session_delete(struct vaccel_session *sess);

/*
 * Find a live session by its id. The pointer stays the owner's; it is valid until that owner
 * releases the session.
 * Returns EINVAL (@sess NULL, @id < 1), EPERM (library not initialised), ENOENT.
 */
int vaccel_session_get_by_id(struct vaccel_session **sess, vaccel_id_t id);

/* Whether @res is registered with @sess. False for NULL or released structs. */
bool vaccel_session_has_resource(struct vaccel_session *sess, struct vaccel_resource *res);

/*
 * Find a resource registered with @sess by its id. The resource stays its owner's.
 * Returns EINVAL (NULL, @id < 1), ESESS (released session), ENOENT.
 */
int vaccel_session_resource_by_id(struct vaccel_session *sess, struct vaccel_resource **res,
                                  vaccel_id_t id);

/* The resource of that type that was registered first. Errors as above; EINVAL for a bad type. */
int vaccel_session_resource_by_type(struct vaccel_session *sess, struct vaccel_resource **res,
                                    vaccel_resource_type_t type);

/*
 * All resources of that type, in the order of their registration.
 * @resources     array of @nr_resources pointers, allocated here; the caller passes it to free()
 * Returns as above; with ENOENT *@nr_resources is 0.
 */
int vaccel_session_resources_by_type(struct vaccel_session *sess,
                                     struct vaccel_resource ***resources, size_t *nr_resources,
                                     vaccel_resource_type_t type);

/*
 * Make sure that the directory sess->rundir exists (mode 0700). Applications and plugins call it
 * before they put files there; it goes away with the session.
 * Returns EINVAL, ESESS, or the error of making the directory.
 */
int vaccel_session_make_rundir(struct vaccel_session *sess);

#ifdef __cplusplus
}
#endif

#endif
