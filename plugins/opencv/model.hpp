/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENCV_MODEL_HPP
#define OPENCV_MODEL_HPP

#include "onnx.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include <opencv2/dnn.hpp>

namespace vision
{

/*
 * An ONNX network and its instances. OpenCV runs one call at a time through an instance, so there are
 * as many as calls have run at once, at most one for each processor; a further call waits for one.
 */
class model
{
  public:
    /* @bytes must stay. */
    explicit model(std::string_view bytes);

    const onnx_graph &graph() const
    {
        return graph_;
    }

    /* An instance for one call, given back at the end of the scope. */
    class lease
    {
      public:
        explicit lease(model &from);
        ~lease();
        lease(const lease &) = delete;
        lease &operator=(const lease &) = delete;

        /* @inputs in the order of the graph's. What comes back is good while the lease lasts. */
        std::vector<cv::Mat> run(const std::vector<cv::Mat> &inputs,
                                 const std::vector<cv::String> &outputs);

      private:
        model &from_;
        std::unique_ptr<cv::dnn::Net> instance_;
    };

  private:
    void check_graph() const;
    std::unique_ptr<cv::dnn::Net> make_instance() const;
    std::unique_ptr<cv::dnn::Net> take();
    void give_back(std::unique_ptr<cv::dnn::Net> used) noexcept;

    std::string_view bytes_;
    onnx_graph graph_;
    size_t limit_;

    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<std::unique_ptr<cv::dnn::Net>> idle_;
    size_t made_ = 0;
};

} // namespace vision

#endif
