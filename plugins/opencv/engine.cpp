/* SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"

#include "failure.hpp"
#include "model.hpp"

#include <algorithm>
#include <climits>
#include <string>

namespace vision
{

namespace
{

using values = std::vector<onnx_value>;

/* "1 x any x 8 x 8" */
template <typename Size> std::string text_of(const Size *sizes, size_t count)
{
    std::string text;

    for (size_t i = 0; i < count; i++)
        text += (i ? " x " : "") + (sizes[i] < 0 ? "any" : std::to_string(sizes[i]));
    return count ? text : "one element";
}

std::string names_of(const values &list)
{
    std::string text;

    for (const onnx_value &value : list)
        text += (text.empty() ? "\"" : ", \"") + value.name + "\"";
    return text;
}

[[noreturn]] void refuse(const std::string &sentence)
{
    throw failure(VACCEL_EINVAL, sentence);
}

/* The place in the list of what a tensor means by its name, or by its own place. */
size_t place_of(const vaccel_tensor &tensor, size_t own, const values &list, const char *what)
{
    const auto named = [&](const onnx_value &value) { return value.name == tensor.name; };
    const size_t place =
        tensor.name ? size_t(std::find_if(list.begin(), list.end(), named) - list.begin()) : own;

    if (place >= list.size())
        refuse("there is no " + std::string(what) + " " +
               (tensor.name ? "\"" + std::string(tensor.name) + "\"" : std::to_string(own)) +
               ": the network has " + names_of(list));
    return place;
}

bool agrees(int64_t declared, int64_t given)
{
    return declared < 0 || declared == given;
}

[[noreturn]] void refuse_input(const vaccel_tensor &tensor, const onnx_value &declared,
                               const std::string &what_is_taken)
{
    refuse("input \"" + declared.name + "\" is " + vaccel_data_type_name(tensor.data_type) +
           " of " + text_of(tensor.dims, tensor.nr_dims) + ": " + what_is_taken);
}

void check_input(const vaccel_tensor &tensor, const onnx_value &declared)
{
    const std::vector<int64_t> &shape = declared.shape;
    const int64_t *end = tensor.dims + tensor.nr_dims;

    if (tensor.data_type != VACCEL_DATA_FLOAT32)
        refuse_input(tensor, declared, "OpenCV takes FLOAT32 alone");
    if (std::any_of(tensor.dims, end, [](int64_t size) { return size < 1 || size > INT_MAX; }))
        refuse_input(tensor, declared, "OpenCV takes sizes from 1 to " + std::to_string(INT_MAX));
    if (declared.has_shape && !std::equal(shape.begin(), shape.end(), tensor.dims, end, agrees))
        refuse_input(tensor, declared, "the network wants " + text_of(shape.data(), shape.size()));
}

/* The tensor where it lies; OpenCV reads it alone. */
cv::Mat matrix_of(const vaccel_tensor &tensor)
{
    std::vector<int> sizes(tensor.dims, tensor.dims + tensor.nr_dims);

    if (sizes.empty())
        sizes.push_back(1);
    return cv::Mat(int(sizes.size()), sizes.data(), CV_32F, tensor.data);
}

std::vector<cv::Mat> bind_inputs(const values &declared, const vaccel_inference &inference)
{
    std::vector<cv::Mat> inputs(declared.size());

    if (inference.nr_inputs != declared.size())
        refuse(std::to_string(inference.nr_inputs) + " inputs are given: the network has " +
               std::to_string(declared.size()) + ", " + names_of(declared));
    for (size_t i = 0; i < inference.nr_inputs; i++) {
        const size_t place = place_of(inference.inputs[i], i, declared, "input");

        if (!inputs[place].empty())
            refuse("input \"" + declared[place].name + "\" is given twice: the network has " +
                   names_of(declared));
        check_input(inference.inputs[i], declared[place]);
        inputs[place] = matrix_of(inference.inputs[i]);
    }
    return inputs;
}

/* OpenCV has no fewer than two dimensions: of one that is declared alone it makes a column. */
std::vector<int64_t> shape_of(const cv::Mat &result, const onnx_value &declared)
{
    std::vector<int64_t> shape(result.size.p, result.size.p + result.dims);

    if (declared.has_shape && declared.shape.size() < 2 &&
        result.total() == size_t(*std::max_element(shape.begin(), shape.end())))
        shape.assign(declared.shape.size(), int64_t(result.total()));
    return shape;
}

int put(vaccel_session *sess, vaccel_tensor &output, const cv::Mat &result,
        const onnx_value &declared)
{
    if (result.type() != CV_32F || !result.isContinuous())
        throw failure(VACCEL_EBACKEND,
                      "output \"" + declared.name + "\" is not of floats: use another network");
    const std::vector<int64_t> shape = shape_of(result, declared);
    return vaccel_tensor_put(sess, &output, VACCEL_DATA_FLOAT32, uint32_t(shape.size()),
                             shape.data(), result.data, result.total() * sizeof(float));
}

void check_signature(const char *signature)
{
    if (signature)
        refuse("there is no signature \"" + std::string(signature) +
               "\": a network in ONNX has none, pass NULL");
}

int run(model &of, vaccel_session *sess, const vaccel_inference &inference)
{
    const onnx_graph &graph = of.graph();
    std::vector<const onnx_value *> wanted;
    std::vector<cv::String> names;
    int first = VACCEL_OK;

    check_signature(inference.signature);
    const std::vector<cv::Mat> inputs = bind_inputs(graph.inputs, inference);
    for (size_t i = 0; i < inference.nr_outputs; i++) {
        wanted.push_back(
            &graph.outputs[place_of(inference.outputs[i], i, graph.outputs, "output")]);
        names.push_back(wanted.back()->name);
    }
    model::lease lease(of);
    const std::vector<cv::Mat> results = lease.run(inputs, names);
    for (size_t i = 0; i < inference.nr_outputs; i++) {
        const int error = put(sess, inference.outputs[i], results.at(i), *wanted[i]);

        if (error && (!first || first == VACCEL_ERANGE))
            first = error;
    }
    return first;
}

/* OpenCV computes with floats, whatever the file declares. */
int add(int (*add_one)(struct vaccel_model_info *, const char *, vaccel_data_type, int,
                       const int64_t *),
        struct vaccel_model_info *to, const values &list)
{
    int ret = VACCEL_OK;

    for (const onnx_value &value : list) {
        if (ret == VACCEL_OK)
            ret = add_one(to, value.name.c_str(), VACCEL_DATA_FLOAT32,
                          value.has_shape ? int(value.shape.size()) : -1, value.shape.data());
    }
    return ret;
}

std::string_view bytes_of(const vaccel_resource *resource)
{
    size_t size = 0;
    const uint8_t *data =
        resource->nr_blobs ? vaccel_blob_data(resource->blobs[0], &size) : nullptr;

    if (!data || resource->nr_blobs != 1)
        throw failure(VACCEL_EBACKEND, "the resource has " + std::to_string(resource->nr_blobs) +
                                           " files: use one ONNX file, with its weights in it");
    return {reinterpret_cast<const char *>(data), size};
}

} // namespace

} // namespace vision

int opencv_model_load(struct vaccel_resource *resource, const char *, void **state)
{
    return vision::guarded("model_load", [&] {
        *state = new vision::model(vision::bytes_of(resource));
        return VACCEL_OK;
    });
}

void opencv_model_unload(void *state)
{
    delete static_cast<vision::model *>(state);
}

int opencv_model_info(void *state, const char *signature, struct vaccel_model_info *info)
{
    return vision::guarded("model_info", [&] {
        const vision::onnx_graph &graph = static_cast<vision::model *>(state)->graph();

        vision::check_signature(signature);
        const int ret = vision::add(vaccel_model_info_add_input, info, graph.inputs);
        return ret ? ret : vision::add(vaccel_model_info_add_output, info, graph.outputs);
    });
}

int opencv_model_run(void *state, struct vaccel_session *sess,
                     const struct vaccel_inference *inference)
{
    return vision::guarded("model_run", [&] {
        return vision::run(*static_cast<vision::model *>(state), sess, *inference);
    });
}
