/* SPDX-License-Identifier: Apache-2.0 */
#include "delivery.hpp"
#include "draw.hpp"
#include "failure.hpp"
#include "network.hpp"
#include "operations.h"

#include <algorithm>

namespace vision
{

namespace
{

/* A map's greatest value is its point: at the middle of that cell, in pixels of the picture. */
std::vector<vaccel_vision_point> find_points(const description &about, const cv::Mat &output,
                                             cv::Size size)
{
    const int rows = output.size[2], columns = output.size[3];
    std::vector<vaccel_vision_point> points;

    for (int part = 0; part < output.size[1]; part++) {
        const auto *map = output.ptr<float>(0, part);
        const auto cell = int(std::max_element(map, map + rows * columns) - map);
        const int row = cell / columns, column = cell % columns;

        if (!(map[cell] >= about.threshold))
            continue;
        points.push_back({(float(column) + 0.5F) / float(columns) * float(size.width),
                          (float(row) + 0.5F) / float(rows) * float(size.height),
                          make_class(about, size_t(part), map[cell])});
    }
    return points;
}

int pose(vaccel_session *sess, const encoded_picture &picture, vaccel_output *points,
         vaccel_output *annotated)
{
    network &net = network_of(operation::pose);
    const cv::Mat pixels = picture.decode(net.colours_wanted());
    std::vector<vaccel_vision_point> found;
    std::vector<unsigned char> drawn;

    {
        network::lease lease(net);
        found = find_points(net.about(), lease.run(pixels), pixels.size());
    }
    if (annotated)
        drawn = canvas(picture, pixels).with_points(found);
    delivery outputs(sess);
    outputs.put(points, found);
    outputs.put(annotated, drawn);
    return outputs.finish();
}

} // namespace

} // namespace vision

int opencv_pose(struct vaccel_session *sess, const void *img, size_t len_img,
                struct vaccel_output *points, struct vaccel_output *picture)
{
    return vision::guarded("pose", [&] {
        return vision::pose(sess, vision::encoded_picture(img, len_img), points, picture);
    });
}
