/* SPDX-License-Identifier: Apache-2.0 */
#include "encoded.hpp"
#include "failure.hpp"
#include "operations.h"
#include "picture.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <string>

#include <opencv2/core/utility.hpp>
#include <opencv2/imgproc.hpp>

namespace vision
{

namespace
{

constexpr uint32_t max_kernel = 255;

[[noreturn]] void refuse(const std::string &sentence)
{
    throw failure(VACCEL_EINVAL, sentence);
}

/* Sizes alone are checked, not types: callers of the older API send raw bytes. */
class arguments
{
  public:
    arguments(vaccel_arg *args, const char *direction) : args_(args), direction_(direction)
    {
    }

    vaccel_arg &at(int index, const char *what, size_t least, size_t most) const
    {
        vaccel_arg &arg = args_[index];

        if (!arg.buf || arg.size < least || arg.size > most)
            refuse(std::string(direction_) + "[" + std::to_string(index) + "] is " + what +
                   " and has " + std::to_string(arg.buf ? arg.size : 0) + " bytes: it must have " +
                   (most == least ? "" : "at least ") + std::to_string(least));
        return arg;
    }

    /* Copied, as the buffer may be unaligned and may change under us. */
    template <typename Value> Value value(int index, const char *what) const
    {
        Value copy;

        std::memcpy(&copy, at(index, what, sizeof(copy), sizeof(copy)).buf, sizeof(copy));
        return copy;
    }

    template <typename Value> void set(int index, const char *what, const Value &value) const
    {
        std::memcpy(at(index, what, sizeof(value), sizeof(value)).buf, &value, sizeof(value));
    }

    /* Room for pixels, which OpenCV then fills where it lies. */
    cv::Mat room(int index, cv::Size size, int type) const
    {
        const size_t bytes = size_t(size.area()) * size_t(CV_ELEM_SIZE(type));

        return cv::Mat(size, type, at(index, "the pixels", bytes, SIZE_MAX).buf);
    }

  private:
    vaccel_arg *args_;
    const char *direction_;
};

using shape = std::array<uint32_t, 3>; /* width, height, channels */

cv::Size checked_size(uint32_t width, uint32_t height)
{
    if (!is_acceptable_size(width, height))
        refuse("a picture of " + std::to_string(width) + "x" + std::to_string(height) +
               " pixels: use sides from 1 to " + std::to_string(max_side) + " and at most " +
               std::to_string(max_pixels) + " pixels");
    return cv::Size(int(width), int(height));
}

/* Arguments 1 and 2, where they lie: a shape, and its pixels without padding. */
cv::Mat input_picture(const arguments &read)
{
    const auto [width, height, channels] = read.value<shape>(1, "width, height and channels");
    const cv::Size size = checked_size(width, height);

    if (channels != 1 && channels != 3 && channels != 4)
        refuse("a picture of " + std::to_string(channels) + " channels: use 1, 3 or 4");
    const size_t bytes = size_t(size.area()) * channels;
    return cv::Mat(size, CV_8UC(int(channels)), read.at(2, "the pixels", bytes, bytes).buf);
}

double finite(double value, const char *what)
{
    if (!std::isfinite(value) || value < 0)
        refuse(std::string(what) + " is " + std::to_string(value) + ": use a number from 0 up");
    return value;
}

int version(const arguments &, const arguments &write)
{
    const std::string text = cv::getVersionString();
    vaccel_arg &arg = write.at(0, "the text", text.size() + 1, SIZE_MAX);

    std::memcpy(arg.buf, text.c_str(), text.size() + 1);
    return VACCEL_OK;
}

int resize(const arguments &read, const arguments &write)
{
    const cv::Mat picture = input_picture(read);
    const auto [width, height] = read.value<std::array<uint32_t, 2>>(3, "new width and height");
    cv::Mat resized = write.room(0, checked_size(width, height), picture.type());

    cv::resize(picture, resized, resized.size(), 0, 0, cv::INTER_LINEAR);
    return VACCEL_OK;
}

int to_gray(const arguments &read, const arguments &write)
{
    const cv::Mat picture = input_picture(read);

    if (picture.channels() == 1)
        refuse("the picture is gray: send one of 3 or 4 channels, blue first");
    cv::Mat gray = write.room(0, picture.size(), CV_8UC1);
    cv::cvtColor(picture, gray, picture.channels() == 3 ? cv::COLOR_BGR2GRAY : cv::COLOR_BGRA2GRAY);
    return VACCEL_OK;
}

int blur(const arguments &read, const arguments &write)
{
    const cv::Mat picture = input_picture(read);
    const auto kernel = read.value<uint32_t>(3, "the kernel's width");
    const double sigma = finite(read.value<double>(4, "sigma"), "sigma");

    if (kernel % 2 == 0 || kernel > max_kernel)
        refuse("the kernel is " + std::to_string(kernel) +
               " pixels wide: use an odd number up to " + std::to_string(max_kernel));
    cv::Mat blurred = write.room(0, picture.size(), picture.type());
    cv::GaussianBlur(picture, blurred, cv::Size(int(kernel), int(kernel)), sigma);
    return VACCEL_OK;
}

int edges(const arguments &read, const arguments &write)
{
    const cv::Mat picture = input_picture(read);
    const double low = finite(read.value<double>(3, "the low threshold"), "the low threshold");
    const double high = finite(read.value<double>(4, "the high threshold"), "the high threshold");

    if (picture.channels() != 1)
        refuse("the picture has " + std::to_string(picture.channels()) +
               " channels: send a gray one");
    cv::Mat found = write.room(0, picture.size(), CV_8UC1);
    cv::Canny(picture, found, low, high);
    return VACCEL_OK;
}

/* The length is told also when the file does not fit. */
int encode(const arguments &read, const arguments &write)
{
    const std::vector<unsigned char> file = encode_png(input_picture(read));
    const vaccel_arg &room = write.at(0, "the file", 1, SIZE_MAX);

    write.set(1, "the file's length", uint64_t(file.size()));
    if (file.size() > room.size)
        throw failure(VACCEL_ERANGE, "the file has " + std::to_string(file.size()) +
                                         " bytes and write[0] only " + std::to_string(room.size));
    std::memcpy(room.buf, file.data(), file.size());
    return VACCEL_OK;
}

/* The shape is told also when the pixels do not fit. */
int decode(const arguments &read, const arguments &write)
{
    const vaccel_arg &file = read.at(1, "the file", 1, SIZE_MAX);
    const cv::Mat picture = encoded_picture(file.buf, file.size).decode(colours::bgr);
    const vaccel_arg &room = write.at(1, "the pixels", 1, SIZE_MAX);
    const size_t bytes = picture.total() * picture.elemSize();

    write.set(0, "width, height and channels",
              shape{uint32_t(picture.cols), uint32_t(picture.rows), uint32_t(picture.channels())});
    if (bytes > room.size)
        throw failure(VACCEL_ERANGE, "the pixels are " + std::to_string(bytes) +
                                         " bytes and write[1] only " + std::to_string(room.size));
    std::memcpy(room.buf, picture.data, bytes);
    return VACCEL_OK;
}

struct function {
    const char *name;
    int nr_read, nr_write;
    int (*run)(const arguments &read, const arguments &write);
};

constexpr function functions[] = {
    {"version", 1, 1, version}, {"resize", 4, 1, resize}, {"gray", 3, 1, to_gray},
    {"blur", 5, 1, blur},       {"edges", 5, 1, edges},   {"encode", 3, 2, encode},
    {"decode", 2, 2, decode},
};

int run(vaccel_arg *read, int nr_read, vaccel_arg *write, int nr_write)
{
    constexpr size_t nr_functions = sizeof(functions) / sizeof(functions[0]);

    if (nr_read < 1 || !read || (nr_write > 0 && !write))
        refuse("no arguments: the first read argument is the function's number");
    const arguments inputs(read, "read"), outputs(write, "write");
    const auto number = inputs.value<uint8_t>(0, "the function's number");
    if (number >= nr_functions)
        refuse("there is no function " + std::to_string(number) + ": use one from 0 to " +
               std::to_string(nr_functions - 1));
    const function &chosen = functions[number];
    if (nr_read != chosen.nr_read || nr_write != chosen.nr_write)
        refuse(std::string(chosen.name) + " has " + std::to_string(chosen.nr_read) + " read and " +
               std::to_string(chosen.nr_write) + " write arguments, not " +
               std::to_string(nr_read) + " and " + std::to_string(nr_write));
    return chosen.run(inputs, outputs);
}

} // namespace

} // namespace vision

int opencv_function(struct vaccel_session *, struct vaccel_arg *read, int nr_read,
                    struct vaccel_arg *write, int nr_write)
{
    return vision::guarded("function", [&] { return vision::run(read, nr_read, write, nr_write); });
}
