/* SPDX-License-Identifier: Apache-2.0 */
#include "delivery.hpp"
#include "draw.hpp"
#include "failure.hpp"
#include "network.hpp"
#include "operations.h"

#include <algorithm>
#include <array>

#include <opencv2/imgproc.hpp>

namespace vision
{

namespace
{

constexpr int max_classes = 256;

/* For each pixel of the output the class of the greatest score. */
cv::Mat best_classes(const cv::Mat &output)
{
    cv::Mat best = cv::Mat::zeros(output.size[2], output.size[3], CV_8U);
    const size_t nr_pixels = best.total();
    std::vector<float> greatest(output.ptr<float>(), output.ptr<float>() + nr_pixels);
    auto *index = best.ptr<uint8_t>();

    for (int next = 1; next < output.size[1]; next++) {
        const auto *score = output.ptr<float>(0, next);

        for (size_t i = 0; i < nr_pixels; i++) {
            if (score[i] > greatest[i]) {
                greatest[i] = score[i];
                index[i] = uint8_t(next);
            }
        }
    }
    return best;
}

std::vector<vaccel_vision_class> classes_present(const description &about, const cv::Mat &mask)
{
    std::array<size_t, max_classes> counts{};
    std::vector<vaccel_vision_class> present;

    for (int y = 0; y < mask.rows; y++) {
        const auto *row = mask.ptr<uint8_t>(y);
        std::for_each(row, row + mask.cols, [&counts](uint8_t index) { counts[index]++; });
    }
    for (size_t index = 0; index < counts.size(); index++) {
        if (counts[index])
            present.push_back(
                make_class(about, index, float(double(counts[index]) / double(mask.total()))));
    }
    std::stable_sort(present.begin(), present.end(),
                     [](const vaccel_vision_class &one, const vaccel_vision_class &other) {
                         return one.score > other.score;
                     });
    return present;
}

cv::Mat mask_of_picture(network &net, const cv::Mat &pixels)
{
    cv::Mat small, mask;

    {
        network::lease lease(net);
        small = best_classes(lease.run(pixels));
    }
    cv::resize(small, mask, pixels.size(), 0, 0, cv::INTER_NEAREST);
    return mask;
}

int segment(vaccel_session *sess, const encoded_picture &picture, vaccel_vision_shape *shape,
            vaccel_output *mask, vaccel_output *classes, vaccel_output *annotated)
{
    network &net = network_of(operation::segment);
    const cv::Mat pixels = picture.decode(net.colours_wanted());
    const cv::Mat found = mask_of_picture(net, pixels);
    const std::vector<vaccel_vision_class> present = classes_present(net.about(), found);
    std::vector<unsigned char> drawn;

    if (annotated)
        drawn = canvas(picture, pixels).with_mask(found, present);
    if (shape)
        *shape = {uint32_t(found.cols), uint32_t(found.rows)};
    delivery outputs(sess);
    outputs.put(mask, found.data, found.total());
    outputs.put(classes, present);
    outputs.put(annotated, drawn);
    return outputs.finish();
}

} // namespace

} // namespace vision

int opencv_segment(struct vaccel_session *sess, const void *img, size_t len_img,
                   struct vaccel_vision_shape *shape, struct vaccel_output *mask,
                   struct vaccel_output *classes, struct vaccel_output *picture)
{
    return vision::guarded("segment", [&] {
        return vision::segment(sess, vision::encoded_picture(img, len_img), shape, mask, classes,
                               picture);
    });
}
