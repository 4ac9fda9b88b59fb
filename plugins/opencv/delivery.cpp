/* SPDX-License-Identifier: Apache-2.0 */
#include "delivery.hpp"

namespace vision
{

void delivery::put(vaccel_output *out, const void *data, size_t size)
{
    delivered_.reserve(delivered_.size() + 1);
    const int error = vaccel_output_put(sess_, out, size ? data : nullptr, size);

    if (!error || error == VACCEL_ERANGE)
        delivered_.push_back(out);
    if (error && (!result_ || result_ == VACCEL_ERANGE))
        result_ = error;
}

int delivery::finish() noexcept
{
    if (result_ && result_ != VACCEL_ERANGE) {
        for (vaccel_output *out : delivered_) {
            if (out && out->held)
                vaccel_output_drop(sess_, out);
        }
    }
    return result_;
}

} // namespace vision
