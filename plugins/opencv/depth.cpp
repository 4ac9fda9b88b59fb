/* SPDX-License-Identifier: Apache-2.0 */
#include "delivery.hpp"
#include "draw.hpp"
#include "failure.hpp"
#include "network.hpp"
#include "operations.h"

#include <opencv2/imgproc.hpp>

namespace vision
{

namespace
{

/* The last two sizes of an output are its height and width; those before them are 1. */
cv::Mat as_map(const cv::Mat &output)
{
    const int *size = output.size.p + output.dims - 2;

    return cv::Mat(size[0], size[1], CV_32F, output.data);
}

cv::Mat depth_of_picture(network &net, const cv::Mat &pixels)
{
    network::lease lease(net);
    const cv::Mat map = as_map(lease.run(pixels));
    cv::Mat depth;

    cv::resize(map, depth, pixels.size(), 0, 0, cv::INTER_LINEAR);
    return depth;
}

int depth(vaccel_session *sess, const encoded_picture &picture, vaccel_vision_shape *shape,
          vaccel_output *values, vaccel_output *annotated)
{
    network &net = network_of(operation::depth);
    const cv::Mat pixels = picture.decode(net.colours_wanted());
    const cv::Mat found = depth_of_picture(net, pixels);
    std::vector<unsigned char> drawn;

    if (annotated)
        drawn = canvas(picture, pixels).with_depth(found);
    if (shape)
        *shape = {uint32_t(found.cols), uint32_t(found.rows)};
    delivery outputs(sess);
    outputs.put(values, found.data, found.total() * sizeof(float));
    outputs.put(annotated, drawn);
    return outputs.finish();
}

} // namespace

} // namespace vision

int opencv_depth(struct vaccel_session *sess, const void *img, size_t len_img,
                 struct vaccel_vision_shape *shape, struct vaccel_output *depth,
                 struct vaccel_output *picture)
{
    return vision::guarded("depth", [&] {
        return vision::depth(sess, vision::encoded_picture(img, len_img), shape, depth, picture);
    });
}
