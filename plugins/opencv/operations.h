/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENCV_OPERATIONS_H
#define OPENCV_OPERATIONS_H

/* What plugin.c registers: C functions that catch every exception of the C++ behind them. */

#include <stddef.h>

#include <vaccel.h>

#ifdef __cplusplus
extern "C" {
#endif

int opencv_classify(struct vaccel_session *sess, const void *img, size_t len_img,
                    struct vaccel_output *classes, struct vaccel_output *picture);
int opencv_detect(struct vaccel_session *sess, const void *img, size_t len_img,
                  struct vaccel_output *boxes, struct vaccel_output *picture);
int opencv_segment(struct vaccel_session *sess, const void *img, size_t len_img,
                   struct vaccel_vision_shape *shape, struct vaccel_output *mask,
                   struct vaccel_output *classes, struct vaccel_output *picture);
int opencv_pose(struct vaccel_session *sess, const void *img, size_t len_img,
                struct vaccel_output *points, struct vaccel_output *picture);
int opencv_depth(struct vaccel_session *sess, const void *img, size_t len_img,
                 struct vaccel_vision_shape *shape, struct vaccel_output *depth,
                 struct vaccel_output *picture);

int opencv_function(struct vaccel_session *sess, struct vaccel_arg *read, int nr_read,
                    struct vaccel_arg *write, int nr_write);

/* Forget the networks that are loaded. No operation may be running. */
void opencv_release(void);

#ifdef __cplusplus
}
#endif

#endif
