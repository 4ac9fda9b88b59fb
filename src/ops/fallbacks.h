/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPS_FALLBACKS_H
#define OPS_FALLBACKS_H

#include "ops/op.h"
#include "vaccel.h"

/*
 * Operations that the library does itself by means of others; they have the signatures of the typed ones.
 */

int image_classify_by_vision(struct vaccel_session *sess, const void *img, unsigned char *out_text,
                             unsigned char *out_imgname, size_t len_img, size_t len_out_text,
                             size_t len_out_imgname);
int image_detect_by_vision(struct vaccel_session *sess, const void *img, unsigned char *out_imgname,
                           size_t len_img, size_t len_out_imgname);
int image_segment_by_vision(struct vaccel_session *sess, const void *img,
                            unsigned char *out_imgname, size_t len_img, size_t len_out_imgname);
int image_pose_by_vision(struct vaccel_session *sess, const void *img, unsigned char *out_imgname,
                         size_t len_img, size_t len_out_imgname);
int image_depth_by_vision(struct vaccel_session *sess, const void *img, unsigned char *out_imgname,
                          size_t len_img, size_t len_out_imgname);

/* The model calls, by the engines of the session's plugins; load and unload are in core/models.h. */
int model_info_by_engine(struct vaccel_session *sess, struct vaccel_resource *model,
                         const char *signature, struct vaccel_model_info **info);
int model_run_by_engine(struct vaccel_session *sess, struct vaccel_resource *model,
                        const char *signature, const struct vaccel_tensor *inputs, size_t nr_inputs,
                        struct vaccel_tensor *outputs, size_t nr_outputs);

/* The same with run options, which only the classic calls have. */
int model_run_with_options(struct vaccel_session *sess, struct vaccel_resource *model,
                           const struct vaccel_inference *inference);

/* The frameworks' classic calls, by the same engines; those to unload are the model's where they are alike. */
int classic_load_by_engine(struct vaccel_session *sess, struct vaccel_resource *model);
int tf_load_by_engine(struct vaccel_session *sess, struct vaccel_resource *model,
                      struct vaccel_tf_status *status);
int tf_unload_by_engine(struct vaccel_session *sess, struct vaccel_resource *model,
                        struct vaccel_tf_status *status);
int tf_run_by_engine(struct vaccel_session *sess, struct vaccel_resource *model,
                     const struct vaccel_tf_buffer *run_options,
                     const struct vaccel_tf_node *in_nodes,
                     struct vaccel_tf_tensor *const *in_tensors, int nr_inputs,
                     const struct vaccel_tf_node *out_nodes, struct vaccel_tf_tensor **out_tensors,
                     int nr_outputs, struct vaccel_tf_status *status);
int tflite_run_by_engine(struct vaccel_session *sess, struct vaccel_resource *model,
                         struct vaccel_tflite_tensor *const *inputs, int nr_inputs,
                         struct vaccel_tflite_tensor **outputs, int nr_outputs, uint8_t *status);
int torch_run_by_engine(struct vaccel_session *sess, struct vaccel_resource *model,
                        const struct vaccel_torch_buffer *run_options,
                        struct vaccel_torch_tensor *const *inputs, int nr_inputs,
                        struct vaccel_torch_tensor **outputs, int nr_outputs);

#endif
