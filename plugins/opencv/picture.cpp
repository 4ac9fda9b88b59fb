/* SPDX-License-Identifier: Apache-2.0 */
#include "picture.hpp"

#include "encoded.hpp"
#include "failure.hpp"

#include <opencv2/imgcodecs.hpp>
#include <vaccel.h>

namespace vision
{

encoded_picture::encoded_picture(const void *data, size_t size) : data_(data), size_(size)
{
    if (!data || !size)
        throw failure(VACCEL_EINVAL, "there is no picture: pass a JPEG or PNG file's bytes");
    check_encoded(static_cast<const uint8_t *>(data), size);
}

cv::Mat encoded_picture::decode(colours wanted) const
{
    const cv::Mat bytes(1, int(size_), CV_8U, const_cast<void *>(data_));
    cv::Mat pixels =
        cv::imdecode(bytes, wanted == colours::gray ? cv::IMREAD_GRAYSCALE : cv::IMREAD_COLOR);

    if (pixels.empty())
        throw failure(VACCEL_EBACKEND, "the picture of " + std::to_string(size_) +
                                           " bytes is damaged: send one that a viewer shows");
    return pixels;
}

std::vector<unsigned char> encode_png(const cv::Mat &pixels)
{
    std::vector<unsigned char> bytes;

    if (!cv::imencode(".png", pixels, bytes, {cv::IMWRITE_PNG_COMPRESSION, 1}))
        throw failure(VACCEL_EBACKEND, "OpenCV could not encode the picture as PNG");
    return bytes;
}

} // namespace vision
