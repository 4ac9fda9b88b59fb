/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MIRROR_H
#define TESTS_MIRROR_H

#include "vaccel.h"

/* mirror_list.c: the session's first resource of the type in read[0], an INT32. */

/*
 * Its blobs and, of a directory, the files of the tree, as a text into write[0]. Each line has the
 * name, how many bytes, a digest of them, and the kind of blob.
 */
int mirror_list(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                struct vaccel_arg *write, size_t nr_write);

/* Add 1 to each byte of its first blob. */
int mirror_change(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                  struct vaccel_arg *write, size_t nr_write);

/* mirror_meet.c: calls that are under way at the same time. */

/*
 * Waits until another call opens. Returns EAGAIN if none came for a long time. Meanwhile the thread's name is
 * mirror-waits.
 */
int mirror_wait(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                struct vaccel_arg *write, size_t nr_write);

/* Waits until so many calls wait as the INT32 in read[0] says. mirror_open() lets them go on. */
int mirror_see(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
               struct vaccel_arg *write, size_t nr_write);
int mirror_open(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                struct vaccel_arg *write, size_t nr_write);

/* mirror_count.c: how many sessions and registrations live, as two INT64. */
int mirror_count(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                 struct vaccel_arg *write, size_t nr_write);

/* mirror_engine.c: how often it has loaded a model, and how many are loaded, as two INT64. */
int mirror_loads(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                 struct vaccel_arg *write, size_t nr_write);
int mirror_register_engine(struct vaccel_plugin *owner);

/* The plugin's hooks. */
int mirror_session_init(struct vaccel_session *sess, uint32_t flags);
int mirror_session_release(struct vaccel_session *sess);
int mirror_resource_register(struct vaccel_resource *res, struct vaccel_session *sess);
int mirror_resource_unregister(struct vaccel_resource *res, struct vaccel_session *sess);

#endif
