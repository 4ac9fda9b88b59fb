/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TORCH_OUTPUT_HPP
#define TORCH_OUTPUT_HPP

#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <vaccel/engine.h>

namespace torchscript
{

/* One of the tensors that a method gave. */
struct output {
    std::string name;
    at::Tensor tensor; /* undefined: None */
};

/*
 * All tensors in what a method returned, in order: a tensor, or tuples, lists and dictionaries of such. Numbers
 * are tensors without dimensions. A field of a NamedTuple and what a dictionary has under a string are called
 * by that, others "output_" and their place.
 */
std::vector<output> outputs_in(const c10::IValue &value);

/* Those that the caller wants, to where it wants them. */
int deliver(vaccel_session *sess, const std::vector<output> &outputs, vaccel_tensor *wanted,
            size_t nr_wanted);

} // namespace torchscript

#endif
