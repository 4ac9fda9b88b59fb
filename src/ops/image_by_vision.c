/* SPDX-License-Identifier: Apache-2.0 */
#include "core/error_text.h"
#include "ops/fallbacks.h"
#include "platform/text.h"
#include "vaccel.h"

/* The classic image operations, for sessions whose plugins have those of vision.h alone. */

enum { NAME_SIZE = 64, PATH_SIZE = 4096 + NAME_SIZE };

/* Write @picture to a new file in the session's run directory, and its plain name to @out_imgname.
 */
static int write_picture(struct vaccel_session *sess, const char *kind,
                         const struct vaccel_output *picture, unsigned char *out_imgname,
                         size_t len_out_imgname)
{
    static uint64_t nr_pictures;
    uint64_t number = __atomic_add_fetch(&nr_pictures, 1, __ATOMIC_RELAXED);
    char path[PATH_SIZE];
    char name[NAME_SIZE];
    int ret = vaccel_session_make_rundir(sess);

    if (ret != VACCEL_OK)
        return ret;
    text_format(name, sizeof(name), "%s-%llu.png", kind, (unsigned long long)number);
    text_format(path, sizeof(path), "%s/%s", sess->rundir, name);
    ret = platform_file_create(path, picture->data, picture->size);
    if (ret != VACCEL_OK) {
        vaccel_error("the picture %s cannot be written: %s", path, error_text(ret));
        return ret;
    }
    text_format((char *)out_imgname, len_out_imgname, "%s", name);
    return VACCEL_OK;
}

static int fetch_and_write(struct vaccel_session *sess, const char *kind,
                           struct vaccel_output *picture, unsigned char *out_imgname,
                           size_t len_out_imgname)
{
    int ret;

    picture->data = platform_alloc(picture->size ? picture->size : 1);
    if (!picture->data) {
        vaccel_output_drop(sess, picture);
        return VACCEL_ENOMEM;
    }
    ret = vaccel_output_fetch(sess, picture);
    if (ret == VACCEL_OK)
        ret = write_picture(sess, kind, picture, out_imgname, len_out_imgname);
    platform_free(picture->data);
    return ret;
}

static int finish(struct vaccel_session *sess, const char *kind, struct vaccel_output *picture,
                  unsigned char *out_imgname, size_t len_out_imgname, int ret)
{
    if (!out_imgname)
        return ret;
    if (ret == VACCEL_OK && picture->held)
        return fetch_and_write(sess, kind, picture, out_imgname, len_out_imgname);
    if (ret == VACCEL_OK) {
        vaccel_error("the plugin drew no picture");
        ret = VACCEL_EBACKEND;
    }
    if (picture->held)
        vaccel_output_drop(sess, picture);
    return ret;
}

int image_classify_by_vision(struct vaccel_session *sess, const void *img, unsigned char *out_text,
                             unsigned char *out_imgname, size_t len_img, size_t len_out_text,
                             size_t len_out_imgname)
{
    struct vaccel_vision_class best = {0};
    struct vaccel_output classes = {.data = &best, .size = sizeof(best)};
    struct vaccel_output picture = {0};
    int ret;

    ret = vaccel_vision_classify(sess, img, len_img, &classes, out_imgname ? &picture : NULL);
    best.label[sizeof(best.label) - 1] = '\0';
    if (classes.held)
        vaccel_output_drop(sess, &classes);
    if (ret == VACCEL_OK && out_text)
        text_format((char *)out_text, len_out_text, "%s", best.label);
    return finish(sess, "classify", &picture, out_imgname, len_out_imgname, ret);
}

int image_detect_by_vision(struct vaccel_session *sess, const void *img, unsigned char *out_imgname,
                           size_t len_img, size_t len_out_imgname)
{
    struct vaccel_output picture = {0};
    int ret = vaccel_vision_detect(sess, img, len_img, NULL, out_imgname ? &picture : NULL);

    return finish(sess, "detect", &picture, out_imgname, len_out_imgname, ret);
}

int image_segment_by_vision(struct vaccel_session *sess, const void *img,
                            unsigned char *out_imgname, size_t len_img, size_t len_out_imgname)
{
    struct vaccel_output picture = {0};
    int ret =
        vaccel_vision_segment(sess, img, len_img, NULL, NULL, NULL, out_imgname ? &picture : NULL);

    return finish(sess, "segment", &picture, out_imgname, len_out_imgname, ret);
}

int image_pose_by_vision(struct vaccel_session *sess, const void *img, unsigned char *out_imgname,
                         size_t len_img, size_t len_out_imgname)
{
    struct vaccel_output picture = {0};
    int ret = vaccel_vision_pose(sess, img, len_img, NULL, out_imgname ? &picture : NULL);

    return finish(sess, "pose", &picture, out_imgname, len_out_imgname, ret);
}

int image_depth_by_vision(struct vaccel_session *sess, const void *img, unsigned char *out_imgname,
                          size_t len_img, size_t len_out_imgname)
{
    struct vaccel_output picture = {0};
    int ret = vaccel_vision_depth(sess, img, len_img, NULL, NULL, out_imgname ? &picture : NULL);

    return finish(sess, "depth", &picture, out_imgname, len_out_imgname, ret);
}
