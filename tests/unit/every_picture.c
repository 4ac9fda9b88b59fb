/* SPDX-License-Identifier: Apache-2.0 */
#include "every_op.h"

#include <stdlib.h>
#include <string.h>

const char every_picture[] = "the bytes of a picture";

int typed_classify(struct vaccel_session *sess)
{
    return vaccel_image_classification(sess, every_picture, outputs.text, outputs.name,
                                       sizeof(every_picture), sizeof(outputs.text),
                                       sizeof(outputs.name));
}

int typed_detect(struct vaccel_session *sess)
{
    return vaccel_image_detection(sess, every_picture, outputs.name, sizeof(every_picture),
                                  sizeof(outputs.name));
}

int typed_segment(struct vaccel_session *sess)
{
    return vaccel_image_segmentation(sess, every_picture, outputs.name, sizeof(every_picture),
                                     sizeof(outputs.name));
}

int typed_pose(struct vaccel_session *sess)
{
    return vaccel_image_pose(sess, every_picture, outputs.name, sizeof(every_picture),
                             sizeof(outputs.name));
}

int typed_depth(struct vaccel_session *sess)
{
    return vaccel_image_depth(sess, every_picture, outputs.name, sizeof(every_picture),
                              sizeof(outputs.name));
}

void general_image(struct general *form)
{
    form_read(form, VACCEL_ARG_BUFFER, every_picture, sizeof(every_picture));
    form_write(form, VACCEL_ARG_UCHAR_ARRAY, outputs.name, sizeof(outputs.name));
}

void general_classify(struct general *form)
{
    general_image(form);
    form_write(form, VACCEL_ARG_UCHAR_ARRAY, outputs.text, sizeof(outputs.text));
}

/* The first output is placed, the last one held; what lies between is not wanted. */
static struct vaccel_output placed(struct output_result *result)
{
    return (struct vaccel_output){.data = result->data, .size = sizeof(result->data)};
}

static void keep(struct vaccel_session *sess, struct vaccel_output out,
                 struct output_result *result)
{
    result->size = out.size;
    out.data = result->data;
    if (out.held && vaccel_output_fetch(sess, &out))
        abort();
}

typedef int (*lists_fn)(struct vaccel_session *, const void *, size_t, struct vaccel_output *,
                        struct vaccel_output *);

static int typed_lists(struct vaccel_session *sess, lists_fn call)
{
    struct vaccel_output list = placed(&outputs.results[0]);
    struct vaccel_output picture = {0};
    int ret = call(sess, every_picture, sizeof(every_picture), &list, &picture);

    keep(sess, list, &outputs.results[0]);
    keep(sess, picture, &outputs.results[1]);
    return ret;
}

int typed_vision_classify(struct vaccel_session *sess)
{
    return typed_lists(sess, vaccel_vision_classify);
}

int typed_vision_detect(struct vaccel_session *sess)
{
    return typed_lists(sess, vaccel_vision_detect);
}

int typed_vision_pose(struct vaccel_session *sess)
{
    return typed_lists(sess, vaccel_vision_pose);
}

int typed_vision_segment(struct vaccel_session *sess)
{
    struct vaccel_output mask = placed(&outputs.results[0]);
    struct vaccel_output picture = {0};
    int ret = vaccel_vision_segment(sess, every_picture, sizeof(every_picture), &outputs.shape,
                                    &mask, NULL, &picture);

    keep(sess, mask, &outputs.results[0]);
    keep(sess, picture, &outputs.results[1]);
    return ret;
}

int typed_vision_depth(struct vaccel_session *sess)
{
    struct vaccel_output map = placed(&outputs.results[0]);
    struct vaccel_output picture = {0};
    int ret = vaccel_vision_depth(sess, every_picture, sizeof(every_picture), &outputs.shape, &map,
                                  &picture);

    keep(sess, map, &outputs.results[0]);
    keep(sess, picture, &outputs.results[1]);
    return ret;
}

/* By output; in general form the number of one that is not wanted is -1. */
static int64_t held[3];

static void write_output(struct general *form, size_t i, void *data, size_t size, bool wanted)
{
    held[i] = wanted ? 0 : -1;
    form_write(form, VACCEL_ARG_BUFFER, data, size);
    form_write(form, VACCEL_ARG_INT64, &held[i], sizeof(held[i]));
}

static void write_placed(struct general *form, size_t i)
{
    write_output(form, i, outputs.results[0].data, sizeof(outputs.results[0].data), true);
}

void general_lists(struct general *form)
{
    form_read(form, VACCEL_ARG_BUFFER, every_picture, sizeof(every_picture));
    write_placed(form, 0);
    write_output(form, 1, NULL, 0, true);
}

void general_depth(struct general *form)
{
    form_write(form, VACCEL_ARG_UINT32_ARRAY, &outputs.shape, sizeof(outputs.shape));
    general_lists(form);
}

void general_segment(struct general *form)
{
    form_read(form, VACCEL_ARG_BUFFER, every_picture, sizeof(every_picture));
    form_write(form, VACCEL_ARG_UINT32_ARRAY, &outputs.shape, sizeof(outputs.shape));
    write_placed(form, 0);
    write_output(form, 1, NULL, 0, false);
    write_output(form, 2, NULL, 0, true);
}

static void take(struct vaccel_session *sess, const struct vaccel_arg write[2],
                 struct output_result *result)
{
    int64_t number = *(int64_t *)write[1].buf;

    keep(sess, (struct vaccel_output){.size = write[0].size, .held = number}, result);
}

void take_lists(struct vaccel_session *sess, const struct general *form)
{
    take(sess, form->write, &outputs.results[0]);
    take(sess, form->write + 2, &outputs.results[1]);
}

void take_segment(struct vaccel_session *sess, const struct general *form)
{
    take(sess, form->write + 1, &outputs.results[0]);
    take(sess, form->write + 5, &outputs.results[1]);
}

void take_depth(struct vaccel_session *sess, const struct general *form)
{
    take(sess, form->write + 1, &outputs.results[0]);
    take(sess, form->write + 3, &outputs.results[1]);
}
