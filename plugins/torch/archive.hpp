/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TORCH_ARCHIVE_HPP
#define TORCH_ARCHIVE_HPP

#include <memory>

#include <caffe2/serialize/read_adapter_interface.h>

namespace torchscript
{

/* A TorchScript archive in memory: a zip file. Its directory can name any place. */
class archive : public caffe2::serialize::ReadAdapterInterface
{
  public:
    archive(const void *bytes, size_t size)
        : bytes_(static_cast<const uint8_t *>(bytes)), size_(size)
    {
    }

    size_t size() const override
    {
        return size_;
    }

    size_t read(uint64_t position, void *to, size_t wanted, const char *what) const override;

    /* Bytes there as a number, the lowest first. Beyond the end: all bits set. */
    uint64_t number(size_t place, size_t nr_bytes) const;

  private:
    const uint8_t *bytes_;
    size_t size_;
};

/*
 * Throws a failure if a file of it is not what its checksum says. Torch does not look at them, and its reader
 * of code does not survive all damage. Tensors are left out: there, damage is another number.
 */
void check_archive(const std::shared_ptr<archive> &from);

} // namespace torchscript

#endif
