/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TORCH_METHOD_HPP
#define TORCH_METHOD_HPP

#include <string>
#include <vector>

#include <torch/csrc/jit/api/method.h>
#include <vaccel/engine.h>

namespace torchscript
{

/* A method of a module: a signature of the model. Any number of threads may use it. */
class method
{
  public:
    explicit method(const torch::jit::Method &from);

    const std::string &name() const
    {
        return method_.name();
    }

    int describe(struct vaccel_model_info *info) const;

    /* The tensors are used where they lie as far as they can be, so they must stay till all is done. */
    c10::IValue operator()(const vaccel_tensor *tensors, size_t nr_tensors) const;

  private:
    /* What comes as one tensor: an argument, or an element of an argument that is a tuple. */
    struct input {
        std::string name;
        c10::TypePtr type;
        bool in_place;
    };
    using given = std::vector<const vaccel_tensor *>; /* for each input; NULL: not given */

    void add_inputs(const std::string &name, const c10::TypePtr &type, bool in_place);
    std::vector<std::string> input_names() const;
    size_t place_of(const vaccel_tensor &tensor, size_t position) const;
    given sort(const vaccel_tensor *tensors, size_t nr_tensors) const;
    c10::IValue argument(const given &tensors, size_t number) const;
    c10::IValue value(const given &tensors, const c10::TypePtr &type, size_t &next) const;

    torch::jit::Method method_;
    std::vector<input> inputs_;
    std::vector<size_t> first_inputs_; /* of each argument after self, and the end */
};

} // namespace torchscript

#endif
