/* SPDX-License-Identifier: Apache-2.0 */
#include "bare_opencv.h"

#include <opencv2/dnn.hpp>
#include <opencv2/imgcodecs.hpp>

namespace
{

cv::dnn::Net network;

} // namespace

int bare_opencv_load(const char *path)
{
    try {
        network = cv::dnn::readNetFromONNX(path);
        network.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
        network.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
        return !network.empty();
    } catch (const cv::Exception &) {
        return 0;
    }
}

int bare_opencv_classify(const void *picture, size_t size)
{
    const cv::Mat bytes(1, int(size), CV_8U, const_cast<void *>(picture));
    cv::Point best;

    try {
        const cv::Mat pixels = cv::imdecode(bytes, cv::IMREAD_GRAYSCALE);
        network.setInput(cv::dnn::blobFromImage(pixels, 0.0041666667, cv::Size(8, 8)));
        cv::minMaxLoc(network.forward(), nullptr, nullptr, nullptr, &best);
        return best.x;
    } catch (const cv::Exception &) {
        return -1;
    }
}
