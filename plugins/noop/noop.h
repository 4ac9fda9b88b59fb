/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOOP_H
#define NOOP_H

/* The operations, a file for each kind of data; the signatures are those of the public headers. */

#include "vaccel.h"

/* arrays.c */
int noop_sgemm(struct vaccel_session *sess, int64_t m, int64_t n, int64_t k, float alpha, float *a,
               int64_t lda, float *b, int64_t ldb, float beta, float *c, int64_t ldc);
int noop_minmax(struct vaccel_session *sess, const double *indata, int ndata, int low_threshold,
                int high_threshold, double *outdata, double *min, double *max);
int noop_arraycopy(struct vaccel_session *sess, int a[], int out_a[], size_t len_a);
int noop_mmult(struct vaccel_session *sess, float a[], float b[], float c[], size_t len_a);
int noop_parallel(struct vaccel_session *sess, float a[], float b[], float add_output[],
                  float mult_output[], size_t len_a);
int noop_vadd(struct vaccel_session *sess, float a[], float b[], float c[], size_t len_a,
              size_t len_b);

/* arguments.c */
int noop_exec(struct vaccel_session *sess, const char *library, const char *fn_symbol,
              struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write, size_t nr_write);
int noop_exec_with_resource(struct vaccel_session *sess, struct vaccel_resource *resource,
                            const char *fn_symbol, struct vaccel_arg *read, size_t nr_read,
                            struct vaccel_arg *write, size_t nr_write);
int noop_opencv(struct vaccel_session *sess, struct vaccel_arg *read, int nr_read,
                struct vaccel_arg *write, int nr_write);

/* engine.c */
extern const struct vaccel_model_engine noop_engine;

/* pictures.c */
int noop_image_classify(struct vaccel_session *sess, const void *img, unsigned char *out_text,
                        unsigned char *out_imgname, size_t len_img, size_t len_out_text,
                        size_t len_out_imgname);
int noop_image_other(struct vaccel_session *sess, const void *img, unsigned char *out_imgname,
                     size_t len_img, size_t len_out_imgname);
int noop_vision_classify(struct vaccel_session *sess, const void *img, size_t len_img,
                         struct vaccel_output *classes, struct vaccel_output *picture);
int noop_vision_detect(struct vaccel_session *sess, const void *img, size_t len_img,
                       struct vaccel_output *boxes, struct vaccel_output *picture);
int noop_vision_segment(struct vaccel_session *sess, const void *img, size_t len_img,
                        struct vaccel_vision_shape *shape, struct vaccel_output *mask,
                        struct vaccel_output *classes, struct vaccel_output *picture);
int noop_vision_pose(struct vaccel_session *sess, const void *img, size_t len_img,
                     struct vaccel_output *points, struct vaccel_output *picture);
int noop_vision_depth(struct vaccel_session *sess, const void *img, size_t len_img,
                      struct vaccel_vision_shape *shape, struct vaccel_output *depth,
                      struct vaccel_output *picture);

/* models.c */
int noop_tf_load(struct vaccel_session *sess, struct vaccel_resource *model,
                 struct vaccel_tf_status *status);
int noop_tf_run(struct vaccel_session *sess, struct vaccel_resource *model,
                const struct vaccel_tf_buffer *run_options, const struct vaccel_tf_node *in_nodes,
                struct vaccel_tf_tensor *const *in_tensors, int nr_inputs,
                const struct vaccel_tf_node *out_nodes, struct vaccel_tf_tensor **out_tensors,
                int nr_outputs, struct vaccel_tf_status *status);
int noop_tflite_load(struct vaccel_session *sess, struct vaccel_resource *model);
int noop_tflite_run(struct vaccel_session *sess, struct vaccel_resource *model,
                    struct vaccel_tflite_tensor *const *inputs, int nr_inputs,
                    struct vaccel_tflite_tensor **outputs, int nr_outputs, uint8_t *status);
int noop_torch_load(struct vaccel_session *sess, struct vaccel_resource *model);
int noop_torch_run(struct vaccel_session *sess, struct vaccel_resource *model,
                   const struct vaccel_torch_buffer *run_options,
                   struct vaccel_torch_tensor *const *inputs, int nr_inputs,
                   struct vaccel_torch_tensor **outputs, int nr_outputs);
int noop_torch_sgemm(struct vaccel_session *sess, struct vaccel_torch_tensor **a,
                     struct vaccel_torch_tensor **b, struct vaccel_torch_tensor **c, int m, int n,
                     int k, struct vaccel_torch_tensor **out);

#endif
