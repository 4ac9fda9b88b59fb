/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENCV_NETWORK_HPP
#define OPENCV_NETWORK_HPP

#include "description.hpp"
#include "picture.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <opencv2/dnn.hpp>

namespace vision
{

/*
 * A network and its instances. OpenCV runs one picture at a time through an instance, so there are
 * as many as calls have run at once, at most one for each processor; a further call waits for one.
 */
class network
{
    struct instance {
        cv::dnn::Net net;
        cv::Mat resized, blob;
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

    /* An instance for one call, given back at the end of the scope. */
    class lease
    {
      public:
        explicit lease(network &from);
        ~lease();
        lease(const lease &) = delete;
        lease &operator=(const lease &) = delete;

        /* The network's output, floats without gaps; good while the lease lasts. */
        cv::Mat run(const cv::Mat &pixels);

      private:
        network &from_;
        std::unique_ptr<instance> instance_;
    };

  private:
    std::unique_ptr<instance> make_instance() const;
    std::unique_ptr<instance> take();
    void give_back(std::unique_ptr<instance> used) noexcept;
    void check_input() const;
    void choose_output(const cv::dnn::Net &net);
    cv::Mat forward(instance &on) const;
    void fill_blob(instance &on, const cv::Mat &pixels) const;
    void fill_plane(const cv::Mat &pixels, int channel, float *plane) const;

    description about_;
    std::string bytes_;
    size_t limit_;
    std::vector<int> output_shape_; /* as a blank picture gave it */

    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<std::unique_ptr<instance>> idle_;
    size_t made_ = 0;
};

/* The network of an operation, loaded by the first call that finds a description of it. */
network &network_of(operation which);

} // namespace vision

#endif
