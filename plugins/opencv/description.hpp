/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENCV_DESCRIPTION_HPP
#define OPENCV_DESCRIPTION_HPP

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <vaccel.h>

namespace vision
{

enum class operation { classify, detect, segment, pose, depth };
constexpr size_t nr_operations = 5;

const char *name_of(operation which);

enum class channel_order { gray, rgb, bgr };
enum class dimension_order { nchw, nhwc }; /* pictures, channels, height, width; or channels last */
enum class output_kind { logits, probabilities, yolov5, yolov8, class_scores, heatmaps, map };

/* What the operator wrote about a network: a description file, its keys checked. */
struct description {
    std::string file;                /* the description's own path: error messages name it */
    std::string network;             /* path of the model */
    std::string engine;              /* the plugin that is to run it, or empty */
    std::vector<std::string> labels; /* one for each class, or none at all */

    int width = 0;
    int height = 0;
    channel_order order = channel_order::gray;
    std::optional<dimension_order> layout;
    std::array<float, 3> mean{}; /* in the network's order of channels, as scale */
    std::array<float, 3> scale{};

    output_kind kind = output_kind::logits;
    std::string output; /* name of the output, or empty for the only one */
    float threshold = 0;
    float overlap = 0;

    int channels() const
    {
        return order == channel_order::gray ? 1 : 3;
    }
};

/* Reads the description of an operation's network; throws a failure that says what to write where.
 */
description read_description(operation which);

/* A class of the network; without labels its name is its index. */
vaccel_vision_class make_class(const description &about, size_t index, float score);

} // namespace vision

#endif
