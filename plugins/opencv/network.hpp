/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENCV_NETWORK_HPP
#define OPENCV_NETWORK_HPP

#include "description.hpp"
#include "input_form.hpp"
#include "loaded_model.hpp"
#include "picture.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace vision
{

/* A network that is loaded, with what its description says of it. Any number of threads run it at once. */
class network
{
    /* What a call needs beside the picture. */
    struct buffers {
        cv::Mat resized, input, output;
    };

  public:
    explicit network(description about);

    const description &about() const
    {
        return about_;
    }

    colours colours_wanted() const
    {
        return about_.order == channel_order::gray ? colours::gray : colours::bgr;
    }

    /* Buffers for one call, given back at the end of the scope. */
    class lease
    {
      public:
        explicit lease(network &from);
        ~lease();
        lease(const lease &) = delete;
        lease &operator=(const lease &) = delete;

        /* The network's output, floats without gaps; good while the lease lasts. */
        const cv::Mat &run(const cv::Mat &pixels);

      private:
        network &from_;
        std::unique_ptr<buffers> buffers_;
    };

  private:
    void choose_output(const model_info &info);
    void run_blank();
    vaccel_tensor output_tensor() const;
    void run_model(const cv::Mat &input, vaccel_tensor &output) const;
    bool is_as_before(const vaccel_tensor &output) const;
    std::unique_ptr<buffers> take();
    void give_back(std::unique_ptr<buffers> used) noexcept;

    description about_;
    loaded_model model_;
    std::optional<input_form> form_;
    std::vector<int> output_shape_; /* as a blank picture gave it */

    std::mutex mutex_;
    std::vector<std::unique_ptr<buffers>> idle_;
};

/* The network of an operation, loaded by the first call that finds a description of it. */
network &network_of(operation which);

} // namespace vision

#endif
