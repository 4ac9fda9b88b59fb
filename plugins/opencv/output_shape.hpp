/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENCV_OUTPUT_SHAPE_HPP
#define OPENCV_OUTPUT_SHAPE_HPP

#include "description.hpp"

#include <vector>

namespace vision
{

/* Throws a failure unless an output of this shape is of the described kind, with as many classes as
 * labels. */
void check_output_shape(const description &about, const std::vector<int> &shape);

} // namespace vision

#endif
