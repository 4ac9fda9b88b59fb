/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENCV_ENCODED_HPP
#define OPENCV_ENCODED_HPP

#include <cstddef>
#include <cstdint>

namespace vision
{

/* What is accepted before a decoder sees it. */
constexpr size_t max_encoded_size = size_t(64) << 20;
constexpr uint64_t max_pixels = uint64_t(64) << 20;
constexpr uint32_t max_side = 65535;
constexpr int max_jpeg_scans = 64;

/* Whether a picture of this size is within the limits. */
bool is_acceptable_size(uint64_t width, uint64_t height);

/*
 * Throws a failure unless the bytes are a JPEG or PNG picture, complete as far as their structure
 * tells, of an acceptable size. Reads the headers alone: no memory is taken.
 */
void check_encoded(const uint8_t *data, size_t size);

} // namespace vision

#endif
