/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TORCH_MODEL_HPP
#define TORCH_MODEL_HPP

#include "method.hpp"

#include <torch/csrc/jit/api/module.h>

namespace torchscript
{

/* A TorchScript module on the device. Any number of threads may use it. */
class model
{
  public:
    model(const void *bytes, size_t size);

    /* NULL: forward. */
    const method &find(const char *signature) const;

    const std::vector<method> &methods() const
    {
        return methods_;
    }

  private:
    torch::jit::Module module_;
    std::vector<method> methods_;
};

} // namespace torchscript

#endif
