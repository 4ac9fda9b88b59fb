/* SPDX-License-Identifier: Apache-2.0 */
#include "network.hpp"

#include "failure.hpp"
#include "operations.h"
#include "output_shape.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <climits>
#include <utility>

#include <opencv2/imgproc.hpp>

namespace vision
{

namespace
{

std::string names_of_outputs(const model_info &info)
{
    std::string list;

    for (size_t i = 0; i < info.nr_outputs; i++)
        list += (list.empty() ? "\"" : ", \"") + std::string(info.outputs[i].name) + "\"";
    return list;
}

bool has_output(const model_info &info, const std::string &name)
{
    return std::any_of(info.outputs, info.outputs + info.nr_outputs,
                       [&](const vaccel_tensor_spec &output) { return output.name == name; });
}

} // namespace

network::network(description about) : about_(std::move(about)), model_(about_)
{
    const auto info = model_.info();

    form_.emplace(about_, *info);
    choose_output(*info);
    run_blank();
}

/* Not every engine knows the names before a run. */
void network::choose_output(const model_info &info)
{
    if (about_.output.empty() && info.nr_outputs > 1)
        throw failure(VACCEL_EBACKEND, about_.file +
                                           ": [output] name is missing and the network "
                                           "has the outputs " +
                                           names_of_outputs(info) + ": write one of them");
    if (!about_.output.empty() && info.nr_outputs && !has_output(info, about_.output))
        throw failure(VACCEL_EBACKEND, about_.file + ": [output] name is \"" + about_.output +
                                           "\", but the network has " + names_of_outputs(info) +
                                           ": write one of them");
    if (about_.output.empty() && info.nr_outputs)
        about_.output = info.outputs[0].name;
}

/* What does not fit together is found here, and how large the output is. */
void network::run_blank()
{
    auto first = std::make_unique<buffers>();
    vaccel_tensor output = output_tensor();

    first->input = form_->make_blob();
    run_model(first->input, output);
    model_.drop(output);
    if (std::any_of(output.dims, output.dims + output.nr_dims,
                    [](int64_t size) { return size > INT_MAX; }))
        throw failure(VACCEL_EBACKEND, about_.file + ": the network's output \"" + about_.output +
                                           "\" is too large: write another");
    output_shape_.assign(output.dims, output.dims + output.nr_dims);
    check_output_shape(about_, output_shape_);
    give_back(std::move(first));
}

/* One that is held. */
vaccel_tensor network::output_tensor() const
{
    vaccel_tensor output{};

    output.name = about_.output.empty() ? nullptr : about_.output.c_str();
    return output;
}

void network::run_model(const cv::Mat &input, vaccel_tensor &output) const
{
    const int error = model_.run(form_->tensor_of(input), output);

    if (error && error != VACCEL_ERANGE)
        throw failure(error == VACCEL_ENOMEM ? error : VACCEL_EBACKEND,
                      about_.file + ": the network failed on a picture of " +
                          std::to_string(about_.channels()) + " channels, width " +
                          std::to_string(about_.width) + " and height " +
                          std::to_string(about_.height) + ": write those that it wants to [input]");
    if (output.data_type == VACCEL_DATA_FLOAT32)
        return;
    model_.drop(output);
    throw failure(VACCEL_EBACKEND,
                  about_.file + ": [output] name is \"" + about_.output + "\", which gives " +
                      vaccel_data_type_name(output.data_type) + ", not FLOAT32: write another");
}

bool network::is_as_before(const vaccel_tensor &output) const
{
    return !output.held && std::equal(output_shape_.begin(), output_shape_.end(), output.dims,
                                      output.dims + output.nr_dims);
}

std::unique_ptr<network::buffers> network::take()
{
    {
        const std::lock_guard<std::mutex> lock(mutex_);

        if (!idle_.empty()) {
            std::unique_ptr<buffers> taken = std::move(idle_.back());
            idle_.pop_back();
            return taken;
        }
    }
    auto made = std::make_unique<buffers>();
    made->input = form_->make_blob();
    return made;
}

void network::give_back(std::unique_ptr<buffers> used) noexcept
{
    const std::lock_guard<std::mutex> lock(mutex_);

    try {
        idle_.push_back(std::move(used));
    } catch (const std::bad_alloc &) {
        return; /* the next call makes others */
    }
}

network::lease::lease(network &from) : from_(from), buffers_(from.take())
{
}

network::lease::~lease()
{
    from_.give_back(std::move(buffers_));
}

const cv::Mat &network::lease::run(const cv::Mat &pixels)
{
    const cv::Size wanted(from_.about_.width, from_.about_.height);
    const bool fits = pixels.size() == wanted;
    vaccel_tensor output = from_.output_tensor();

    if (!fits)
        cv::resize(pixels, buffers_->resized, wanted, 0, 0, cv::INTER_LINEAR);
    from_.form_->fill(fits ? pixels : buffers_->resized, buffers_->input);
    buffers_->output.create(int(from_.output_shape_.size()), from_.output_shape_.data(), CV_32F);
    output.data = buffers_->output.data;
    output.size = buffers_->output.total() * sizeof(float);
    from_.run_model(buffers_->input, output);
    if (from_.is_as_before(output))
        return buffers_->output;
    from_.model_.drop(output);
    throw failure(VACCEL_EBACKEND, from_.about_.file +
                                       ": the network gave an output of another shape "
                                       "than before: write one that does not");
}

namespace
{

/* Readers take no lock; a pointer is set once, under the lock, and lives until opencv_release(). */
std::array<std::atomic<network *>, nr_operations> networks;
std::array<std::mutex, nr_operations> loading;

} // namespace

network &network_of(operation which)
{
    std::atomic<network *> &place = networks[size_t(which)];

    if (network *loaded = place.load(std::memory_order_acquire))
        return *loaded;
    const std::lock_guard<std::mutex> lock(loading[size_t(which)]);
    if (network *loaded = place.load(std::memory_order_relaxed))
        return *loaded;
    auto loaded = std::make_unique<network>(read_description(which));
    place.store(loaded.get(), std::memory_order_release);
    return *loaded.release();
}

} // namespace vision

void opencv_release(void)
{
    for (std::atomic<vision::network *> &place : vision::networks)
        delete place.exchange(nullptr);
}
