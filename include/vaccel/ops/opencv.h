/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_OPS_OPENCV_H
#define VACCEL_OPS_OPENCV_H

#include "../arg.h"

#ifdef __cplusplus
extern "C" {
#endif

struct vaccel_session;

/*
 * A function of OpenCV. The first read argument says which one and is otherwise the plugin's
 * affair: see its README for the functions and their arguments.
 * @read   @nr_read inputs, which a plugin in this process may change
 * @write  @nr_write outputs, in buffers of the caller
 * Returns EINVAL (NULL, a negative count), ESESS, ENOTSUP, or what the plugin returned. A
 * plugin's function has the same signature. The second name is the one that vAccel 0.8 declares.
 */
int vaccel_opencv(struct vaccel_session *sess, struct vaccel_arg *read, int nr_read,
                  struct vaccel_arg *write, int nr_write);
int vaccel_opencv_unpack(struct vaccel_session *sess, struct vaccel_arg *read, int nr_read,
                         struct vaccel_arg *write, int nr_write);

#ifdef __cplusplus
}
#endif

#endif
