/* SPDX-License-Identifier: Apache-2.0 */
#include "failure.hpp"

#include <algorithm>
#include <new>

#include <opencv2/core.hpp>
#include <vaccel.h>

namespace vision
{

std::string on_one_line(std::string text)
{
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

static int out_of_memory(const char *operation) noexcept
{
    vaccel_error("[opencv] %s: out of memory: give the process more, or smaller pictures",
                 operation);
    return VACCEL_ENOMEM;
}

static int report(const char *operation)
{
    try {
        throw;
    } catch (const failure &error) {
        vaccel_error("[opencv] %s: %s", operation, error.what());
        return error.code();
    } catch (const std::bad_alloc &) {
        return out_of_memory(operation);
    } catch (const cv::Exception &error) {
        if (error.code == cv::Error::StsNoMem)
            return out_of_memory(operation);
        vaccel_error("[opencv] %s: OpenCV failed in %s: %s", operation, error.func.c_str(),
                     on_one_line(error.err).c_str());
    } catch (const std::exception &error) {
        vaccel_error("[opencv] %s: %s", operation, error.what());
    } catch (...) {
        vaccel_error("[opencv] %s: an exception of an unknown type", operation);
    }
    return VACCEL_EBACKEND;
}

int report_exception(const char *operation) noexcept
{
    try {
        return report(operation);
    } catch (...) {
        return out_of_memory(operation);
    }
}

} // namespace vision
