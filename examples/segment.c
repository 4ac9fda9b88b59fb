/* SPDX-License-Identifier: Apache-2.0 */
/* Which pixel of a picture belongs to what: the share of each class, and the mask's shape. */
#include "common/vision.h"

static int show(struct vaccel_session *sess, const void *img, size_t size,
                struct vaccel_output *picture)
{
    struct vaccel_vision_shape shape = {0};
    struct vaccel_output classes = {0};
    const struct vaccel_vision_class *class;
    size_t i;
    int ret = vaccel_vision_segment(sess, img, size, &shape, NULL, &classes, picture);

    if (ret == VACCEL_OK)
        ret = fetch_output(sess, &classes);
    if (ret != VACCEL_OK)
        return ret;
    printf("mask of %u x %u pixels\n", shape.width, shape.height);
    printf("%-32s %5s %s\n", "class", "index", "share of the pixels");
    for (i = 0; i < classes.size / sizeof(*class); i++) {
        class = (const struct vaccel_vision_class *)classes.data + i;
        printf("%-32s %5u %.4f\n", class->label, class->index, class->score);
    }
    free(classes.data);
    return VACCEL_OK;
}

int main(int argc, char **argv)
{
    return vision_main(argc, argv, show);
}
