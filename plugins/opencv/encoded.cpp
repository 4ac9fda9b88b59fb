/* SPDX-License-Identifier: Apache-2.0 */
#include "encoded.hpp"

#include "failure.hpp"

#include <cstring>
#include <string>

#include <vaccel.h>

namespace vision
{

namespace
{

constexpr uint8_t png_signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
constexpr uint8_t jpeg_signature[] = {0xff, 0xd8, 0xff};

[[noreturn]] void refuse(const std::string &sentence)
{
    throw failure(VACCEL_EBACKEND, sentence);
}

[[noreturn]] void refuse_cut_off(const char *format, size_t size)
{
    refuse(std::string("the ") + format + " picture is cut off after " + std::to_string(size) +
           " bytes: send the whole file");
}

void check_size(uint64_t width, uint64_t height)
{
    if (!is_acceptable_size(width, height))
        refuse("the picture is " + std::to_string(width) + "x" + std::to_string(height) +
               " pixels: send one with sides from 1 to " + std::to_string(max_side) +
               " and at most " + std::to_string(max_pixels) + " pixels");
}

uint32_t big_endian_16(const uint8_t *bytes)
{
    return uint32_t(bytes[0]) << 8 | bytes[1];
}

uint32_t big_endian_32(const uint8_t *bytes)
{
    return big_endian_16(bytes) << 16 | big_endian_16(bytes + 2);
}

/* A chunk is its length, its four letters, its data and a checksum. The first is IHDR, the last
 * IEND. */
void check_png(const uint8_t *data, size_t size)
{
    constexpr size_t around_data = 12, header_length = 13;
    size_t at = sizeof(png_signature);
    bool first = true;

    for (;;) {
        if (size - at < around_data || size - at - around_data < big_endian_32(data + at))
            refuse_cut_off("PNG", size);
        const size_t length = big_endian_32(data + at);
        const uint8_t *type = data + at + 4;
        if (first && (std::memcmp(type, "IHDR", 4) != 0 || length != header_length))
            refuse("the PNG picture does not begin with its header: send a PNG file");
        if (first)
            check_size(big_endian_32(type + 4), big_endian_32(type + 8));
        first = false;
        if (std::memcmp(type, "IEND", 4) == 0)
            return;
        at += around_data + length;
    }
}

bool is_restart(uint8_t marker)
{
    return marker >= 0xd0 && marker <= 0xd7;
}

/* The start of a frame, in all of its 13 kinds: the codes between are those of tables. */
bool is_frame(uint8_t marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/*
 * Where the code of the next marker is, from @at on. Compressed data and what lies between segments
 * are passed over; in both, 0xff before 0 is data, and restart markers mean nothing here.
 */
size_t next_marker(const uint8_t *data, size_t size, size_t at)
{
    for (;;) {
        const void *found = at < size ? std::memchr(data + at, 0xff, size - at) : nullptr;
        if (!found)
            refuse_cut_off("JPEG", size);
        at = size_t(static_cast<const uint8_t *>(found) - data);
        while (at < size && data[at] == 0xff)
            at++;
        if (at == size)
            refuse_cut_off("JPEG", size);
        if (data[at] != 0 && !is_restart(data[at]))
            return at;
        at++;
    }
}

void check_frame(const uint8_t *segment, size_t length)
{
    if (length < 8)
        refuse("the JPEG picture's frame header is too short: send a JPEG file");
    check_size(big_endian_16(segment + 5), big_endian_16(segment + 3));
}

/* Each segment is a marker and, but for a few, a length that counts itself, and data. */
void check_jpeg(const uint8_t *data, size_t size)
{
    constexpr uint8_t end_of_image = 0xd9, start_of_scan = 0xda, first_known = 0xc0;
    int frames = 0, scans = 0;
    size_t at = next_marker(data, size, 2);

    for (; data[at] != end_of_image; at = next_marker(data, size, at)) {
        const uint8_t marker = data[at++];
        if (marker < first_known)
            refuse("the JPEG picture has an unknown marker " + std::to_string(marker) +
                   ": send an undamaged JPEG file");
        if (size - at < 2 || size - at < big_endian_16(data + at))
            refuse_cut_off("JPEG", size);
        const size_t length = big_endian_16(data + at);
        if (is_frame(marker)) {
            frames++;
            check_frame(data + at, length);
        }
        /* Each scan of a progressive picture costs as much time as the whole picture. */
        if (marker == start_of_scan && ++scans > max_jpeg_scans)
            refuse("the JPEG picture has more than " + std::to_string(max_jpeg_scans) +
                   " scans: save it with fewer");
        at += length;
    }
    if (frames != 1 || !scans)
        refuse("the JPEG picture has " + std::to_string(frames) + " frames and " +
               std::to_string(scans) + " scans: send an undamaged JPEG file of one frame");
}

} // namespace

bool is_acceptable_size(uint64_t width, uint64_t height)
{
    return width >= 1 && width <= max_side && height >= 1 && height <= max_side &&
           width * height <= max_pixels;
}

void check_encoded(const uint8_t *data, size_t size)
{
    if (size > max_encoded_size)
        refuse("the picture's file has " + std::to_string(size) + " bytes: send at most " +
               std::to_string(max_encoded_size));
    if (size >= sizeof(png_signature) && !std::memcmp(data, png_signature, sizeof(png_signature)))
        check_png(data, size);
    else if (size >= sizeof(jpeg_signature) &&
             !std::memcmp(data, jpeg_signature, sizeof(jpeg_signature)))
        check_jpeg(data, size);
    else
        refuse("the " + std::to_string(size) + " bytes are no picture: send a JPEG or PNG file");
}

} // namespace vision
