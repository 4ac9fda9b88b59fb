/* SPDX-License-Identifier: Apache-2.0 */
#include "draw.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>

#include <opencv2/imgproc.hpp>

namespace vision
{

namespace
{

constexpr int visible_side = 256;
constexpr int font = cv::FONT_HERSHEY_SIMPLEX;
constexpr size_t max_legend = 5;

/* Neighbouring indices get hues far apart. */
cv::Vec3b colour_of(uint32_t index)
{
    constexpr uint32_t golden_angle = 69, hues = 180;
    const cv::Mat3b hue(1, 1, cv::Vec3b(uint8_t(uint64_t(index) * golden_angle % hues), 220, 255));
    cv::Mat3b colour;

    cv::cvtColor(hue, colour, cv::COLOR_HSV2BGR);
    return colour(0, 0);
}

std::string text_of(const vaccel_vision_class &label)
{
    std::array<char, 16> percent{};

    std::snprintf(percent.data(), percent.size(), " %.0f%%", double(label.score) * 100);
    return label.label + std::string(percent.data());
}

/* Values from the least to the greatest as 0 to 255; what is no number is 0. */
cv::Mat to_gray_levels(const cv::Mat &depth)
{
    float low = std::numeric_limits<float>::max(), high = std::numeric_limits<float>::lowest();
    cv::Mat levels(depth.size(), CV_8U);

    for (auto at = depth.begin<float>(); at != depth.end<float>(); ++at) {
        if (std::isfinite(*at)) {
            low = std::min(low, *at);
            high = std::max(high, *at);
        }
    }
    const double range = std::max(double(high) - double(low), 1e-30);
    std::transform(
        depth.begin<float>(), depth.end<float>(), levels.begin<uint8_t>(), [&](float value) {
            return uint8_t(std::isfinite(value) ? (double(value) - low) / range * 255 : 0);
        });
    return levels;
}

} // namespace

canvas::canvas(const encoded_picture &picture, const cv::Mat &decoded)
    : image_(decoded.channels() == 3 ? decoded : picture.decode(colours::bgr)),
      factor_(std::max(1, visible_side / std::max(image_.rows, image_.cols)))
{
    image_ = enlarged(image_);
    font_scale_ = std::clamp(std::min(image_.rows, image_.cols) / 500.0, 0.4, 4.0);
    thickness_ = std::max(1, int(std::lround(font_scale_ * 2)));
}

cv::Mat canvas::enlarged(const cv::Mat &map) const
{
    cv::Mat result;

    if (factor_ == 1)
        return map;
    cv::resize(map, result, map.size() * factor_, 0, 0, cv::INTER_NEAREST);
    return result;
}

int canvas::line_height() const
{
    return int(font_scale_ * 32);
}

/* White on the class's colour, moved so that it lies inside the picture. */
void canvas::draw_label(const vaccel_vision_class &label, cv::Point bottom_left)
{
    const std::string text = text_of(label);
    int baseline = 0;
    const cv::Size size = cv::getTextSize(text, font, font_scale_, thickness_, &baseline);
    const cv::Point at(std::clamp(bottom_left.x, 0, std::max(0, image_.cols - size.width)),
                       std::clamp(bottom_left.y - baseline, size.height,
                                  std::max(size.height, image_.rows - baseline)));

    cv::rectangle(image_, cv::Rect(at.x, at.y - size.height, size.width, size.height + baseline),
                  cv::Scalar(colour_of(label.index)) * 0.6, cv::FILLED);
    cv::putText(image_, text, at, font, font_scale_, cv::Scalar::all(255), thickness_, cv::LINE_AA);
}

void canvas::draw_legend(const std::vector<vaccel_vision_class> &classes)
{
    for (size_t i = 0; i < std::min(classes.size(), max_legend); i++)
        draw_label(classes[i], cv::Point(0, line_height() * int(i + 1)));
}

std::vector<unsigned char> canvas::with_classes(const std::vector<vaccel_vision_class> &classes)
{
    if (!classes.empty())
        draw_label(classes[0], cv::Point(0, line_height()));
    return encode_png(image_);
}

std::vector<unsigned char> canvas::with_boxes(const std::vector<vaccel_vision_box> &boxes)
{
    for (const vaccel_vision_box &box : boxes) {
        const cv::Rect2d frame(double(box.x) * factor_, double(box.y) * factor_,
                               double(box.width) * factor_, double(box.height) * factor_);

        cv::rectangle(image_, cv::Rect(frame), cv::Scalar(colour_of(box.object.index)), thickness_);
        draw_label(box.object, cv::Point2d(frame.x, frame.y));
    }
    return encode_png(image_);
}

std::vector<unsigned char> canvas::with_points(const std::vector<vaccel_vision_point> &points)
{
    for (const vaccel_vision_point &point : points) {
        const cv::Point at(int(point.x * float(factor_)), int(point.y * float(factor_)));

        cv::circle(image_, at, thickness_ * 3, cv::Scalar(colour_of(point.part.index)), cv::FILLED,
                   cv::LINE_AA);
        draw_label(point.part, at + cv::Point(thickness_ * 4, 0));
    }
    return encode_png(image_);
}

std::vector<unsigned char> canvas::with_mask(const cv::Mat &mask,
                                             const std::vector<vaccel_vision_class> &classes)
{
    std::array<cv::Vec3b, 256> palette{};
    const cv::Mat indices = enlarged(mask);

    for (uint32_t i = 0; i < palette.size(); i++)
        palette[i] = colour_of(i);
    for (int y = 0; y < image_.rows; y++) {
        const auto *index = indices.ptr<uint8_t>(y);
        auto *pixel = image_.ptr<cv::Vec3b>(y);

        for (int x = 0; x < image_.cols; x++)
            pixel[x] = pixel[x] / 2 + palette[index[x]] / 2;
    }
    draw_legend(classes);
    return encode_png(image_);
}

std::vector<unsigned char> canvas::with_depth(const cv::Mat &depth)
{
    cv::applyColorMap(to_gray_levels(enlarged(depth)), image_, cv::COLORMAP_INFERNO);
    return encode_png(image_);
}

} // namespace vision
