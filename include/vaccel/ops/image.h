/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_OPS_IMAGE_H
#define VACCEL_OPS_IMAGE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vaccel_session;

/*
 * The classic image operations: a picture in, text and a file name out. An application that wants
 * the numbers calls those of vision.h, on which these rest.
 *
 * @img          an encoded picture (JPEG or PNG) of @len_img bytes, at least one
 * @out_text     the best class's label; terminated, cut to @len_out_text bytes. NULL if not wanted
 * @out_imgname  plain name of a PNG file in the session's run directory (sess->rundir), which
 *               shows the picture with the result and goes with the session; terminated, cut to
 *               @len_out_imgname bytes. NULL if not wanted
 *
 * Returns EINVAL (NULL, no bytes), ESESS, ENOTSUP (no plugin does it, or no network is
 * configured), EBACKEND (@img is no picture, or the network failed), ENOMEM, or the error of
 * writing the file (@out_text is written all the same). A plugin's function has the same signature.
 */
int vaccel_image_classification(struct vaccel_session *sess, const void *img,
                                unsigned char *out_text, unsigned char *out_imgname, size_t len_img,
                                size_t len_out_text, size_t len_out_imgname);
int vaccel_image_detection(struct vaccel_session *sess, const void *img, unsigned char *out_imgname,
                           size_t len_img, size_t len_out_imgname);
int vaccel_image_segmentation(struct vaccel_session *sess, const void *img,
                              unsigned char *out_imgname, size_t len_img, size_t len_out_imgname);
int vaccel_image_pose(struct vaccel_session *sess, const void *img, unsigned char *out_imgname,
                      size_t len_img, size_t len_out_imgname);
int vaccel_image_depth(struct vaccel_session *sess, const void *img, unsigned char *out_imgname,
                       size_t len_img, size_t len_out_imgname);

#ifdef __cplusplus
}
#endif

#endif
