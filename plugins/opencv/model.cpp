/* SPDX-License-Identifier: Apache-2.0 */
#include "model.hpp"

#include "failure.hpp"

#include <algorithm>
#include <string>
#include <thread>
#include <utility>

#include <vaccel.h>

namespace vision
{

namespace
{

/* What OpenCV says, as a failure; but memory that runs out stays that. */
[[noreturn]] void refuse(const std::string &what, const cv::Exception &error,
                         const std::string &what_to_do)
{
    if (error.code == cv::Error::StsNoMem)
        throw std::bad_alloc();
    throw failure(VACCEL_EBACKEND, what + " (" + on_one_line(error.err) + "): " + what_to_do);
}

} // namespace

model::model(std::string_view bytes)
    : bytes_(bytes), graph_(read_onnx(bytes)),
      limit_(std::max(1U, std::thread::hardware_concurrency()))
{
    idle_.reserve(limit_);
    check_graph();
    idle_.push_back(make_instance());
    made_ = 1;
}

void model::check_graph() const
{
    if (graph_.inputs.empty() || graph_.outputs.empty())
        throw failure(VACCEL_EBACKEND, "the file has no ONNX graph with inputs and outputs: use "
                                       "another, or a whole one");
    if (!graph_.is_sound)
        throw failure(VACCEL_EBACKEND,
                      "the network has a node that takes what no input, weight or "
                      "node before it gives: use a file that onnx.checker accepts");
}

std::unique_ptr<cv::dnn::Net> model::make_instance() const
{
    auto made = std::make_unique<cv::dnn::Net>();

    try {
        *made = cv::dnn::readNetFromONNX(bytes_.data(), bytes_.size());
    } catch (const cv::Exception &error) {
        refuse("OpenCV does not load the network", error,
               "use an ONNX file that it does, such as an export with operator set 10");
    }
    made->setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    made->setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    return made;
}

std::unique_ptr<cv::dnn::Net> model::take()
{
    std::unique_lock<std::mutex> lock(mutex_);

    returned_.wait(lock, [this] { return !idle_.empty() || made_ < limit_; });
    if (!idle_.empty()) {
        std::unique_ptr<cv::dnn::Net> taken = std::move(idle_.back());
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
void model::give_back(std::unique_ptr<cv::dnn::Net> used) noexcept
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

model::lease::lease(model &from) : from_(from), instance_(from.take())
{
}

model::lease::~lease()
{
    from_.give_back(std::move(instance_));
}

/* An instance that failed in the middle of a run may be left in any state, so it is not used again. */
std::vector<cv::Mat> model::lease::run(const std::vector<cv::Mat> &inputs,
                                       const std::vector<cv::String> &outputs)
{
    std::vector<cv::Mat> results;

    try {
        for (size_t i = 0; i < inputs.size(); i++)
            instance_->setInput(inputs[i], from_.graph_.inputs[i].name);
        instance_->forward(results, outputs);
    } catch (const cv::Exception &error) {
        instance_.reset();
        refuse("OpenCV failed to run the network", error, "use inputs and a network that suit it");
    } catch (...) {
        instance_.reset();
        throw;
    }
    return results;
}

} // namespace vision
