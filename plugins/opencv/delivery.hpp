/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENCV_DELIVERY_HPP
#define OPENCV_DELIVERY_HPP

#include <cstddef>
#include <vector>

#include <vaccel.h>

namespace vision
{

/* Hands a call's outputs over, all of them even when one does not fit. */
class delivery
{
  public:
    explicit delivery(vaccel_session *sess) : sess_(sess)
    {
    }

    template <typename Element> void put(vaccel_output *out, const std::vector<Element> &elements)
    {
        put(out, elements.data(), elements.size() * sizeof(Element));
    }

    void put(vaccel_output *out, const void *data, size_t size);

    /* The call's result: 0, ERANGE, or a worse error, after which nothing stays held. */
    int finish() noexcept;

  private:
    vaccel_session *sess_;
    std::vector<vaccel_output *> delivered_;
    int result_ = VACCEL_OK;
};

} // namespace vision

#endif
