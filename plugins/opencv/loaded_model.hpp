/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENCV_LOADED_MODEL_HPP
#define OPENCV_LOADED_MODEL_HPP

#include "description.hpp"

#include <memory>

namespace vision
{

/* In C++ the function of that name hides the struct. */
using model_info = struct ::vaccel_model_info;

/*
 * A network on the engine that its description names, in a session and a resource of the plugin's own.
 * When the library is cleaned up it releases both before this is destroyed.
 */
class loaded_model
{
  public:
    explicit loaded_model(const description &about);

    /* What it takes and gives; throws a failure if the engine cannot tell. */
    std::unique_ptr<model_info, void (*)(model_info *)> info() const;

    /* vaccel_model_run() of any number of threads at once. */
    int run(const vaccel_tensor &input, vaccel_tensor &output) const;

    /* Give up an output that is held. */
    void drop(vaccel_tensor &output) const;

  private:
    struct end {
        void operator()(vaccel_session *sess) const;
        void operator()(vaccel_resource *resource) const;
    };

    void begin_session();
    void make_resource();
    void load();

    const description &about_;
    std::unique_ptr<vaccel_session, end> sess_;
    std::unique_ptr<vaccel_resource, end> resource_; /* released before its session */
};

} // namespace vision

#endif
