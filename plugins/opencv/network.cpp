/* SPDX-License-Identifier: Apache-2.0 */
#include "network.hpp"

#include "failure.hpp"
#include "onnx.hpp"
#include "operations.h"
#include "output_shape.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include <opencv2/imgproc.hpp>

namespace vision
{

namespace
{

std::string read_bytes(const description &about)
{
    std::error_code unknown;
    const std::uintmax_t size = std::filesystem::file_size(about.network, unknown);
    std::string bytes(unknown ? 0 : size, '\0');
    std::ifstream file(about.network, std::ios::binary);

    if (bytes.empty() || !file.read(bytes.data(), std::streamsize(bytes.size())))
        throw failure(VACCEL_EBACKEND, about.file + ": network is \"" + about.network +
                                           "\", which cannot be read or is empty: write the path "
                                           "of an ONNX file");
    return bytes;
}

bool agrees(int64_t declared, int64_t given)
{
    return declared <= 0 || declared == given;
}

std::vector<int> shape_of(const cv::Mat &output)
{
    return {output.size.p, output.size.p + output.dims};
}

std::string joined(const std::vector<cv::String> &names)
{
    std::string list;

    for (const cv::String &name : names)
        list += (list.empty() ? "\"" : ", \"") + name + "\"";
    return list;
}

} // namespace

network::network(description about)
    : about_(std::move(about)), bytes_(read_bytes(about_)),
      limit_(std::max(1U, std::thread::hardware_concurrency()))
{
    idle_.reserve(limit_);
    check_input();
    std::unique_ptr<instance> first = make_instance();
    choose_output(first->net);
    first->blob.setTo(0);
    output_shape_ = shape_of(forward(*first));
    check_output_shape(about_, output_shape_);
    made_ = 1;
    idle_.push_back(std::move(first));
}

/* The first dimension is the number of pictures, which the description does not have. */
void network::check_input() const
{
    const std::vector<onnx_input> inputs = read_onnx_inputs(bytes_);
    const std::array<int64_t, 4> given = {1, about_.channels(), about_.height, about_.width};
    std::ostringstream sentence;

    sentence << about_.file << ": network is \"" << about_.network << "\", ";
    if (inputs.size() != 1) {
        sentence << "which has " << inputs.size()
                 << " inputs: write the path of an ONNX network with one, a picture";
        throw failure(VACCEL_EBACKEND, sentence.str());
    }
    const std::vector<int64_t> &shape = inputs[0].shape;
    if (shape.empty() || (shape.size() == given.size() &&
                          std::equal(shape.begin(), shape.end(), given.begin(), agrees)))
        return;
    sentence << "whose input \"" << inputs[0].name << "\" is";
    for (const int64_t size : shape)
        sentence << ' ' << (size > 0 ? std::to_string(size) : "any");
    sentence << " (pictures, channels, height, width), but [input] has " << about_.channels()
             << " channels, height " << about_.height << " and width " << about_.width
             << ": write the network's";
    throw failure(VACCEL_EBACKEND, sentence.str());
}

void network::choose_output(const cv::dnn::Net &net)
{
    const std::vector<cv::String> names = net.getUnconnectedOutLayersNames();

    if (about_.output.empty() && names.size() == 1)
        about_.output = names[0];
    if (about_.output.empty())
        throw failure(VACCEL_EBACKEND, about_.file +
                                           ": [output] name is missing and the network "
                                           "has the outputs " +
                                           joined(names) + ": write one of them");
    if (net.getLayerId(about_.output) < 0)
        throw failure(VACCEL_EBACKEND, about_.file + ": [output] name is \"" + about_.output +
                                           "\", but the network has " + joined(names) +
                                           ": write one of them");
}

std::unique_ptr<network::instance> network::make_instance() const
{
    auto made = std::make_unique<instance>();

    try {
        made->net = cv::dnn::readNetFromONNX(bytes_.data(), bytes_.size());
    } catch (const cv::Exception &error) {
        if (error.code == cv::Error::StsNoMem)
            throw;
        throw failure(VACCEL_EBACKEND, about_.file + ": network is \"" + about_.network +
                                           "\", which OpenCV does not load (" +
                                           on_one_line(error.err) +
                                           "): write the path of an ONNX file that it does, "
                                           "such as an export with operator set 10");
    }
    if (made->net.empty())
        throw failure(VACCEL_EBACKEND, about_.file + ": network is \"" + about_.network +
                                           "\", which has no layers: write the path of another");
    made->net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    made->net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    const std::array<int, 4> shape = {1, about_.channels(), about_.height, about_.width};
    made->blob.create(int(shape.size()), shape.data(), CV_32F);
    return made;
}

std::unique_ptr<network::instance> network::take()
{
    std::unique_lock<std::mutex> lock(mutex_);

    returned_.wait(lock, [this] { return !idle_.empty() || made_ < limit_; });
    if (!idle_.empty()) {
        std::unique_ptr<instance> taken = std::move(idle_.back());
        idle_.pop_back();
        return taken;
    }
    made_++;
    lock.unlock();
    try {
        return make_instance();
    } catch (...) {
        give_back(nullptr);
        throw;
    }
}

/* Nothing, in place of an instance: one that could not be made. */
void network::give_back(std::unique_ptr<instance> used) noexcept
{
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (used)
            idle_.push_back(std::move(used));
        else
            made_--;
    }
    returned_.notify_one();
}

/* OpenCV has blue first; a network that wants rgb has it last. */
void network::fill_plane(const cv::Mat &pixels, int channel, float *plane) const
{
    const int step = pixels.channels();
    const int offset = about_.order == channel_order::rgb ? 2 - channel : channel;
    const float mean = about_.mean[size_t(channel)], scale = about_.scale[size_t(channel)];

    for (int y = 0; y < pixels.rows; y++) {
        const unsigned char *row = pixels.ptr<unsigned char>(y) + offset;

        for (int x = 0; x < pixels.cols; x++)
            *plane++ = (float(row[x * step]) - mean) * scale;
    }
}

void network::fill_blob(instance &on, const cv::Mat &pixels) const
{
    const cv::Size wanted(about_.width, about_.height);
    const bool fits = pixels.size() == wanted;

    if (!fits)
        cv::resize(pixels, on.resized, wanted, 0, 0, cv::INTER_LINEAR);
    for (int channel = 0; channel < about_.channels(); channel++)
        fill_plane(fits ? pixels : on.resized, channel, on.blob.ptr<float>(0, channel));
}

cv::Mat network::forward(instance &on) const
{
    cv::Mat output;

    try {
        on.net.setInput(on.blob);
        output = on.net.forward(about_.output);
    } catch (const cv::Exception &error) {
        if (error.code == cv::Error::StsNoMem)
            throw;
        throw failure(VACCEL_EBACKEND, about_.file + ": the network failed on a picture of " +
                                           std::to_string(about_.channels()) + " channels, width " +
                                           std::to_string(about_.width) + " and height " +
                                           std::to_string(about_.height) + " (" +
                                           on_one_line(error.err) +
                                           "): write those that it wants to [input]");
    }
    if (output.type() != CV_32F || !output.isContinuous())
        throw failure(VACCEL_EBACKEND, about_.file + ": [output] name is \"" + about_.output +
                                           "\", which does not give floats: write another");
    return output;
}

network::lease::lease(network &from) : from_(from), instance_(from.take())
{
}

/* An instance that failed in the middle of a run may be left in any state, so it is not used again.
 */
network::lease::~lease()
{
    from_.give_back(std::move(instance_));
}

cv::Mat network::lease::run(const cv::Mat &pixels)
{
    try {
        from_.fill_blob(*instance_, pixels);
        cv::Mat output = from_.forward(*instance_);
        if (shape_of(output) != from_.output_shape_)
            throw failure(VACCEL_EBACKEND, from_.about_.file +
                                               ": the network gave an output of another shape "
                                               "than before: write one that does not");
        return output;
    } catch (...) {
        instance_.reset();
        throw;
    }
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
