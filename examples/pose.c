/* SPDX-License-Identifier: Apache-2.0 */
/* Where the key points of a figure are. */
#include "common/vision.h"

static int show(struct vaccel_session *sess, const void *img, size_t size,
                struct vaccel_output *picture)
{
    struct vaccel_output points = {0};
    const struct vaccel_vision_point *point;
    size_t i;
    int ret = vaccel_vision_pose(sess, img, size, &points, picture);

    if (ret == VACCEL_OK)
        ret = fetch_output(sess, &points);
    if (ret != VACCEL_OK)
        return ret;
    printf("%-24s %-7s %8s %8s\n", "key point", "score", "x", "y");
    for (i = 0; i < points.size / sizeof(*point); i++) {
        point = (const struct vaccel_vision_point *)points.data + i;
        printf("%-24s %.4f  %8.1f %8.1f\n", point->part.label, point->part.score, point->x,
               point->y);
    }
    free(points.data);
    return VACCEL_OK;
}

int main(int argc, char **argv)
{
    return vision_main(argc, argv, show);
}
