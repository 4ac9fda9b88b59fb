/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENCV_DRAW_HPP
#define OPENCV_DRAW_HPP

#include "picture.hpp"

#include <vector>

#include <vaccel.h>

namespace vision
{

/*
 * The annotated picture: the caller's in colour, a small one enlarged until the drawing can be
 * seen. The functions return a PNG file.
 */
class canvas
{
  public:
    /* @decoded is the picture as the network saw it, used again if it has colours. */
    canvas(const encoded_picture &picture, const cv::Mat &decoded);

    std::vector<unsigned char> with_classes(const std::vector<vaccel_vision_class> &classes);
    std::vector<unsigned char> with_boxes(const std::vector<vaccel_vision_box> &boxes);
    std::vector<unsigned char> with_points(const std::vector<vaccel_vision_point> &points);
    /* @mask and @depth have the size of the picture. */
    std::vector<unsigned char> with_mask(const cv::Mat &mask,
                                         const std::vector<vaccel_vision_class> &classes);
    std::vector<unsigned char> with_depth(const cv::Mat &depth);

  private:
    cv::Mat enlarged(const cv::Mat &map) const;
    int line_height() const;
    void draw_label(const vaccel_vision_class &label, cv::Point bottom_left);
    void draw_legend(const std::vector<vaccel_vision_class> &classes);

    cv::Mat image_;
    int factor_;
    double font_scale_;
    int thickness_;
};

} // namespace vision

#endif
