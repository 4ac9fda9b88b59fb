/* SPDX-License-Identifier: Apache-2.0 */
#include "model.hpp"

#include "failure.hpp"
#include "settings.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

#include <caffe2/serialize/read_adapter_interface.h>
#include <torch/csrc/jit/serialization/import.h>
#include <vaccel.h>

namespace torchscript
{

namespace
{

/* The archive in memory. Its directory can name any place. */
class archive : public caffe2::serialize::ReadAdapterInterface
{
  public:
    archive(const void *bytes, size_t size) : bytes_(static_cast<const char *>(bytes)), size_(size)
    {
    }

    size_t size() const override
    {
        return size_;
    }

    size_t read(uint64_t position, void *to, size_t wanted, const char *) const override
    {
        const size_t length = position < size_ ? std::min(wanted, size_ - position) : 0;

        if (length > 0)
            std::memcpy(to, bytes_ + position, length);
        return length;
    }

  private:
    const char *bytes_;
    size_t size_;
};

} // namespace

model::model(const void *bytes, size_t size)
    : module_(torch::jit::load(std::make_shared<archive>(bytes, size), device()))
{
    module_.eval();
    for (const torch::jit::Method &each : module_.get_methods())
        methods_.emplace_back(each);
}

const method &model::find(const char *signature) const
{
    const std::string wanted = signature ? signature : "forward";
    std::vector<std::string> names;

    for (const method &each : methods_) {
        if (each.name() == wanted)
            return each;
        names.push_back(each.name());
    }
    throw failure(VACCEL_EINVAL, "there is no method \"" + wanted + "\": the model has " +
                                     quoted(names));
}

} // namespace torchscript
