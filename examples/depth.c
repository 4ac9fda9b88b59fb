/* SPDX-License-Identifier: Apache-2.0 */
/* How far each pixel of a picture is: the nearest, the farthest, and the mean. */
#include "common/vision.h"

static void print_summary(struct vaccel_vision_shape shape, const float *depth, size_t count)
{
    double sum = 0.0;
    size_t least = 0;
    size_t most = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        sum += depth[i];
        least = depth[i] < depth[least] ? i : least;
        most = depth[i] > depth[most] ? i : most;
    }
    printf("map of %u x %u pixels\n", shape.width, shape.height);
    printf("least %g at (%zu, %zu)\n", depth[least], least % shape.width, least / shape.width);
    printf("most  %g at (%zu, %zu)\n", depth[most], most % shape.width, most / shape.width);
    printf("mean  %g\n", sum / (double)count);
}

static int show(struct vaccel_session *sess, const void *img, size_t size,
                struct vaccel_output *picture)
{
    struct vaccel_vision_shape shape = {0};
    struct vaccel_output depth = {0};
    int ret = vaccel_vision_depth(sess, img, size, &shape, &depth, picture);

    if (ret == VACCEL_OK)
        ret = fetch_output(sess, &depth);
    if (ret != VACCEL_OK)
        return ret;
    if (shape.width && depth.size)
        print_summary(shape, depth.data, depth.size / sizeof(float));
    free(depth.data);
    return VACCEL_OK;
}

int main(int argc, char **argv)
{
    return vision_main(argc, argv, show);
}
