/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENCV_ONNX_HPP
#define OPENCV_ONNX_HPP

#include <cstdint>
#include <string>
#include <vector>

namespace vision
{

/* An input that an ONNX file declares. */
struct onnx_input {
    std::string name;
    std::vector<int64_t> shape; /* 0 where the file leaves a dimension open */
};

/*
 * The inputs that a caller must give, which OpenCV does not tell: it runs some networks on pictures
 * of a wrong shape, to meaningless results. Empty if the bytes are no ONNX file.
 */
std::vector<onnx_input> read_onnx_inputs(const std::string &bytes);

} // namespace vision

#endif
