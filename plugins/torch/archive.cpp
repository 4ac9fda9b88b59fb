/* SPDX-License-Identifier: Apache-2.0 */
#include "archive.hpp"

#include "failure.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>

#include <caffe2/serialize/inline_container.h>
#include <vaccel.h>

namespace torchscript
{

namespace
{

/* Of the zip format: signatures, and where in the records their fields are. */
constexpr uint32_t end_signature = 0x06054b50, entry_signature = 0x02014b50;
constexpr size_t end_size = 22, entry_size = 46;

std::array<uint32_t, 256> make_table()
{
    std::array<uint32_t, 256> table{};

    for (uint32_t byte = 0; byte < table.size(); byte++) {
        uint32_t value = byte;

        for (int bit = 0; bit < 8; bit++)
            value = value & 1 ? value >> 1 ^ 0xedb88320 : value >> 1;
        table[byte] = value;
    }
    return table;
}

uint32_t checksum_of(const uint8_t *bytes, size_t size)
{
    static const std::array<uint32_t, 256> table = make_table();
    uint32_t value = 0xffffffff;

    for (size_t i = 0; i < size; i++)
        value = value >> 8 ^ table[(value ^ bytes[i]) & 255];
    return ~value;
}

/* The last record of the file, before a comment of up to 64 KiB; or the file's size. */
size_t find_end(const archive &in)
{
    constexpr size_t longest = end_size + 65535;

    for (size_t back = end_size; back <= std::min(in.size(), longest); back++) {
        if (in.number(in.size() - back, 4) == end_signature)
            return in.size() - back;
    }
    return in.size();
}

/* A file of it, as its directory tells. */
struct entry {
    std::string name;
    uint32_t checksum;
    size_t next;
};

std::optional<entry> read_entry(const archive &in, size_t place)
{
    const size_t name_size = size_t(in.number(place + 28, 2));

    if (in.number(place, 4) != entry_signature || in.number(place + 42, 4) == ~uint64_t(0))
        return std::nullopt;
    std::string name(name_size, '\0');
    name.resize(in.read(place + entry_size, name.data(), name_size, ""));
    return entry{name, uint32_t(in.number(place + 16, 4)),
                 place + entry_size + name_size + size_t(in.number(place + 30, 2)) +
                     size_t(in.number(place + 32, 2))};
}

void check_entry(caffe2::serialize::PyTorchStreamReader &reader, const entry &file)
{
    /* The reader leaves out the folder that all files are in. */
    const std::string name = file.name.substr(file.name.find('/') + 1);

    if (name.rfind("data/", 0) == 0)
        return;
    const auto [data, size] = reader.getRecord(name);
    if (checksum_of(static_cast<const uint8_t *>(data.get()), size) != file.checksum)
        throw failure(VACCEL_EBACKEND, "the model is damaged: in the archive, \"" + file.name +
                                           "\" does not have the checksum that it should");
}

} // namespace

size_t archive::read(uint64_t position, void *to, size_t wanted, const char *) const
{
    const size_t length = position < size_ ? std::min(wanted, size_t(size_ - position)) : 0;

    if (length > 0)
        std::memcpy(to, bytes_ + position, length);
    return length;
}

uint64_t archive::number(size_t place, size_t nr_bytes) const
{
    uint64_t value = 0;

    if (place > size_ || nr_bytes > size_ - place)
        return ~uint64_t(0);
    for (size_t i = 0; i < nr_bytes; i++)
        value |= uint64_t(bytes_[place + i]) << (8 * i);
    return value;
}

void check_archive(const std::shared_ptr<archive> &from)
{
    caffe2::serialize::PyTorchStreamReader reader(from);
    std::optional<entry> file = read_entry(*from, size_t(from->number(find_end(*from) + 16, 4)));

    for (; file; file = read_entry(*from, file->next))
        check_entry(reader, *file);
}

} // namespace torchscript
