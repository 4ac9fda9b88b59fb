/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENCV_ONNX_HPP
#define OPENCV_ONNX_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vision
{

/* An input or output that an ONNX file declares. */
struct onnx_value {
    std::string name;
    bool has_shape;             /* false: of any */
    std::vector<int64_t> shape; /* -1 where the file leaves a dimension open */
};

struct onnx_graph {
    std::vector<onnx_value> inputs; /* those that a caller must give */
    std::vector<onnx_value> outputs;
    bool is_sound = false; /* each node takes what there is, and convolves in a group at least */
};

/*
 * What OpenCV does not tell or check: it runs some networks on tensors of a wrong shape, to meaningless
 * results, and crashes on a node that takes what nobody gives, or on groups of none.
 * Nothing if the bytes are no ONNX file.
 */
onnx_graph read_onnx(std::string_view bytes);

} // namespace vision

#endif
