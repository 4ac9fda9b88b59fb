/* SPDX-License-Identifier: Apache-2.0 */
#include "output_shape.hpp"

#include "failure.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace vision
{

namespace
{

constexpr size_t max_surfaces = 256; /* that a byte of a mask can name */

using sizes = std::vector<int>;

size_t product(const sizes &shape)
{
    return std::accumulate(shape.begin(), shape.end(), size_t(1), std::multiplies<>());
}

std::string text_of(const sizes &shape)
{
    std::string text;

    for (const int size : shape)
        text += (text.empty() ? "" : " ") + std::to_string(size);
    return text;
}

void require(bool is_right, const description &about, const sizes &shape, const char *wanted)
{
    if (!is_right)
        throw failure(VACCEL_EBACKEND, about.file + ": [output] kind wants the shape " + wanted +
                                           ", but the network's output \"" + about.output +
                                           "\" is " + text_of(shape) +
                                           ": write the kind, name or network that it is");
}

/* How many classes an output has; 0 for one without. */
size_t count_classes(const description &about, const sizes &shape)
{
    const bool is_single = !shape.empty() && shape[0] == 1 && product(shape) > 0;
    const size_t dims = shape.size();

    switch (about.kind) {
    case output_kind::logits:
    case output_kind::probabilities:
        require(is_single &&
                    size_t(*std::max_element(shape.begin(), shape.end())) == product(shape),
                about, shape, "1, classes");
        return product(shape);
    case output_kind::yolov5:
        require(is_single && dims == 3 && shape[2] > 5, about, shape, "1, boxes, 5 + classes");
        return size_t(shape[2]) - 5;
    case output_kind::yolov8:
        require(is_single && dims == 3 && shape[1] > 4, about, shape, "1, 4 + classes, boxes");
        return size_t(shape[1]) - 4;
    case output_kind::class_scores:
        require(is_single && dims == 4 && size_t(shape[1]) <= max_surfaces, about, shape,
                "1, classes (at most 256), height, width");
        return size_t(shape[1]);
    case output_kind::heatmaps:
        require(is_single && dims == 4, about, shape, "1, key points, height, width");
        return size_t(shape[1]);
    case output_kind::map:
        require(is_single && (dims == 3 || (dims == 4 && shape[1] == 1)), about, shape,
                "1, 1, height, width or 1, height, width");
        return 0;
    }
    return 0;
}

} // namespace

void check_output_shape(const description &about, const std::vector<int> &shape)
{
    const size_t classes = count_classes(about, shape);

    if (!about.labels.empty() && about.labels.size() != classes)
        throw failure(VACCEL_EBACKEND,
                      about.file + ": labels names a file of " +
                          std::to_string(about.labels.size()) + " lines, but the network has " +
                          std::to_string(classes) + " classes: write one line for each class");
}

} // namespace vision
