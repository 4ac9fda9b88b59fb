/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENCV_PICTURE_HPP
#define OPENCV_PICTURE_HPP

#include <cstddef>
#include <vector>

#include <opencv2/core.hpp>

namespace vision
{

enum class colours { gray, bgr };

/* An encoded picture of the caller, checked against the limits. */
class encoded_picture
{
  public:
    encoded_picture(const void *data, size_t size);

    /* 8 bits a channel, turned as its EXIF orientation says. */
    cv::Mat decode(colours wanted) const;

  private:
    const void *data_;
    size_t size_;
};

std::vector<unsigned char> encode_png(const cv::Mat &pixels);

} // namespace vision

#endif
