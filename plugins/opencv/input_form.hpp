/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENCV_INPUT_FORM_HPP
#define OPENCV_INPUT_FORM_HPP

#include "description.hpp"
#include "loaded_model.hpp"

#include <opencv2/core.hpp>

namespace vision
{

/* How a network takes a picture: in which order of dimensions and as which elements. */
class input_form
{
  public:
    /* Throws a failure unless the network has one input, and it takes pictures as described. */
    input_form(const description &about, const model_info &info);

    /* A blank one, for fill(). */
    cv::Mat make_blob() const;

    /* From pixels of the described width and height. */
    void fill(const cv::Mat &pixels, cv::Mat &blob) const;

    /* The blob as an input of the model calls; good while the blob is. */
    vaccel_tensor tensor_of(const cv::Mat &blob) const;

  private:
    void choose_layout(const model_info &info, const vaccel_tensor_spec &input);
    template <typename Element> void fill_as(const cv::Mat &pixels, Element *blob) const;

    const description &about_;
    vaccel_data_type type_ = VACCEL_DATA_FLOAT32;
    dimension_order order_ = dimension_order::nchw;
};

} // namespace vision

#endif
