/* SPDX-License-Identifier: Apache-2.0 */
/* What is in a picture: the five best classes and how sure the network is. */
#include "common/vision.h"

static int show(struct vaccel_session *sess, const void *img, size_t size,
                struct vaccel_output *picture)
{
    struct vaccel_vision_class best[5];
    struct vaccel_output classes = {.data = best, .size = sizeof(best)};
    int ret = vaccel_vision_classify(sess, img, size, &classes, picture);
    size_t i;

    if (ret != VACCEL_OK)
        return ret;
    printf("%-32s %s\n", "class", "score");
    for (i = 0; i < classes.size / sizeof(best[0]); i++)
        printf("%-32s %.4f\n", best[i].label, best[i].score);
    return VACCEL_OK;
}

int main(int argc, char **argv)
{
    return vision_main(argc, argv, show);
}
