/* SPDX-License-Identifier: Apache-2.0 */
#include "input_form.hpp"

#include "failure.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace vision
{

namespace
{

using shape = std::array<int64_t, 4>;

/* One picture. */
shape shape_in(dimension_order order, const description &about)
{
    if (order == dimension_order::nhwc)
        return {1, about.height, about.width, about.channels()};
    return {1, about.channels(), about.height, about.width};
}

bool takes(const vaccel_tensor_spec &input, const shape &given)
{
    return input.nr_dims < 0 ||
           (input.nr_dims == int32_t(given.size()) &&
            std::equal(given.begin(), given.end(), input.dims, [](int64_t size, int64_t declared) {
                return declared < 0 || declared == size;
            }));
}

/* TensorFlow's networks have the channels last. */
dimension_order usual_order(const std::string &format)
{
    if (format == "tflite" || format == "saved-model" || format == "frozen-graph")
        return dimension_order::nhwc;
    return dimension_order::nchw;
}

std::string start_of(const description &about)
{
    return about.file + ": network is \"" + about.network + "\", ";
}

[[noreturn]] void refuse_shape(const description &about, const vaccel_tensor_spec &input,
                               dimension_order order)
{
    std::string sentence = start_of(about) + "whose input \"" + input.name + "\" is";

    for (int32_t i = 0; i < input.nr_dims; i++)
        sentence += input.dims[i] < 0 ? " any" : " " + std::to_string(input.dims[i]);
    sentence += order == dimension_order::nhwc ? " (pictures, height, width, channels)"
                                               : " (pictures, channels, height, width)";
    throw failure(VACCEL_EBACKEND, sentence + ", but [input] has " +
                                       std::to_string(about.channels()) + " channels, height " +
                                       std::to_string(about.height) + " and width " +
                                       std::to_string(about.width) + ": write the network's");
}

int matrix_type(vaccel_data_type type)
{
    return type == VACCEL_DATA_UINT8 ? CV_8U : type == VACCEL_DATA_INT8 ? CV_8S : CV_32F;
}

} // namespace

input_form::input_form(const description &about, const model_info &info) : about_(about)
{
    if (info.nr_inputs != 1)
        throw failure(VACCEL_EBACKEND, start_of(about) + "which has " +
                                           std::to_string(info.nr_inputs) +
                                           " inputs: write the path of one with one, a picture");
    const vaccel_tensor_spec &input = info.inputs[0];
    if (input.data_type != VACCEL_DATA_UNKNOWN)
        type_ = input.data_type;
    if (type_ != VACCEL_DATA_FLOAT32 && type_ != VACCEL_DATA_UINT8 && type_ != VACCEL_DATA_INT8)
        throw failure(VACCEL_EBACKEND, start_of(about) + "whose input \"" + input.name + "\" is " +
                                           vaccel_data_type_name(type_) +
                                           ": write the path of one that takes FLOAT32, UINT8 or "
                                           "INT8");
    choose_layout(info, input);
}

/* Where both orders suit the network, or it does not tell, the usual one is meant. */
void input_form::choose_layout(const model_info &info, const vaccel_tensor_spec &input)
{
    const dimension_order usual = usual_order(info.format);

    if (about_.layout) {
        order_ = *about_.layout;
    } else {
        order_ = usual == dimension_order::nhwc ? dimension_order::nchw : dimension_order::nhwc;
        if (takes(input, shape_in(usual, about_)) || !takes(input, shape_in(order_, about_)))
            order_ = usual;
    }
    if (!takes(input, shape_in(order_, about_)))
        refuse_shape(about_, input, order_);
}

cv::Mat input_form::make_blob() const
{
    return cv::Mat::zeros(about_.height * about_.width, about_.channels(), matrix_type(type_));
}

/* OpenCV has blue first; a network that wants rgb has it last. */
template <typename Element> void input_form::fill_as(const cv::Mat &pixels, Element *blob) const
{
    const int step = pixels.channels();
    const bool is_last = order_ == dimension_order::nhwc;

    for (int channel = 0; channel < step; channel++) {
        const int offset = about_.order == channel_order::rgb ? 2 - channel : channel;
        const float mean = about_.mean[size_t(channel)], scale = about_.scale[size_t(channel)];
        Element *value = blob + (is_last ? size_t(channel) : size_t(channel) * pixels.total());

        for (int y = 0; y < pixels.rows; y++) {
            const unsigned char *row = pixels.ptr<unsigned char>(y) + offset;

            for (int x = 0; x < pixels.cols; x++, value += is_last ? step : 1)
                *value = cv::saturate_cast<Element>((float(row[x * step]) - mean) * scale);
        }
    }
}

void input_form::fill(const cv::Mat &pixels, cv::Mat &blob) const
{
    if (type_ == VACCEL_DATA_UINT8)
        fill_as(pixels, blob.ptr<uint8_t>());
    else if (type_ == VACCEL_DATA_INT8)
        fill_as(pixels, blob.ptr<int8_t>());
    else
        fill_as(pixels, blob.ptr<float>());
}

vaccel_tensor input_form::tensor_of(const cv::Mat &blob) const
{
    const shape sizes = shape_in(order_, about_);
    vaccel_tensor tensor{};

    tensor.data_type = type_;
    tensor.nr_dims = uint32_t(sizes.size());
    std::copy(sizes.begin(), sizes.end(), tensor.dims);
    tensor.data = blob.data;
    tensor.size = blob.total() * blob.elemSize();
    return tensor;
}

} // namespace vision
