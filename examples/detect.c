/* SPDX-License-Identifier: Apache-2.0 */
/* Where in a picture is what: a box around each object. */
#include "common/vision.h"

static int show(struct vaccel_session *sess, const void *img, size_t size,
                struct vaccel_output *picture)
{
    struct vaccel_output boxes = {0};
    const struct vaccel_vision_box *box;
    size_t i;
    int ret = vaccel_vision_detect(sess, img, size, &boxes, picture);

    if (ret == VACCEL_OK)
        ret = fetch_output(sess, &boxes);
    if (ret != VACCEL_OK)
        return ret;
    printf("%-24s %-7s %8s %8s %8s %8s\n", "object", "score", "x", "y", "width", "height");
    for (i = 0; i < boxes.size / sizeof(*box); i++) {
        box = (const struct vaccel_vision_box *)boxes.data + i;
        printf("%-24s %.4f  %8.1f %8.1f %8.1f %8.1f\n", box->object.label, box->object.score,
               box->x, box->y, box->width, box->height);
    }
    free(boxes.data);
    return VACCEL_OK;
}

int main(int argc, char **argv)
{
    return vision_main(argc, argv, show);
}
