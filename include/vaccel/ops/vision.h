/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_OPS_VISION_H
#define VACCEL_OPS_VISION_H

#include "../output.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vaccel_session;

/*
 * Pictures in, numbers out. Which network answers is the operator's choice.
 *
 * For every call @img is an encoded picture (JPEG or PNG) of @len_img bytes, and an output that
 * is not wanted is NULL. Coordinates and sizes are in pixels of that picture, the origin is its
 * top left corner, scores are between 0 and 1. @picture receives a PNG: the picture with
 * the result drawn into it. Arrays are sorted by falling score unless their call says
 * otherwise; the number of elements is size / sizeof(element).
 *
 * Errors of every call: EINVAL (NULL, no bytes), ESESS (released session), ENOTSUP (no plugin
 * does it, or no network is configured: the log says which file to write), EBACKEND (@img
 * is no picture, or the network failed), ENOMEM, ERANGE (an output did not fit; the rest are
 * valid).
 */

/* Room for a label: UTF-8, cut to fit, always terminated. */
enum { VACCEL_VISION_LABEL_SIZE = 128 };

struct vaccel_vision_class {
    float score;
    uint32_t index; /* position among the network's classes, from 0 */
    char label[128];
};

struct vaccel_vision_box {
    float x, y, width, height; /* x and y of the top left corner */
    struct vaccel_vision_class object;
};

struct vaccel_vision_point {
    float x, y;
    struct vaccel_vision_class part; /* which key point it is, and how sure */
};

/* The shape of a map: rows lie one after the other, without padding. */
struct vaccel_vision_shape {
    uint32_t width, height;
};

/*
 * What is in the picture?
 * @classes  array of struct vaccel_vision_class: the best ones, as many as there is room for; held
 *           are all that the network knows
 * @picture  the annotated picture
 */
int vaccel_vision_classify(struct vaccel_session *sess, const void *img, size_t len_img,
                           struct vaccel_output *classes, struct vaccel_output *picture);

/* Where is what? @boxes is an array of struct vaccel_vision_box. */
int vaccel_vision_detect(struct vaccel_session *sess, const void *img, size_t len_img,
                         struct vaccel_output *boxes, struct vaccel_output *picture);

/*
 * Which pixel belongs to what?
 * @shape    of @mask
 * @mask     one byte a pixel: the index of its class
 * @classes  array of struct vaccel_vision_class: those present; the score is the share of pixels
 */
int vaccel_vision_segment(struct vaccel_session *sess, const void *img, size_t len_img,
                          struct vaccel_vision_shape *shape, struct vaccel_output *mask,
                          struct vaccel_output *classes, struct vaccel_output *picture);

/* Where are the key points? @points is an array of struct vaccel_vision_point, by part.index. */
int vaccel_vision_pose(struct vaccel_session *sess, const void *img, size_t len_img,
                       struct vaccel_output *points, struct vaccel_output *picture);

/*
 * How far is each pixel?
 * @shape  of @depth
 * @depth  one float a pixel, in the network's own measure
 */
int vaccel_vision_depth(struct vaccel_session *sess, const void *img, size_t len_img,
                        struct vaccel_vision_shape *shape, struct vaccel_output *depth,
                        struct vaccel_output *picture);

#ifdef __cplusplus
}
#endif

#endif
