/* SPDX-License-Identifier: Apache-2.0 */
#include "delivery.hpp"
#include "draw.hpp"
#include "failure.hpp"
#include "network.hpp"
#include "operations.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace vision
{

namespace
{

/* For scores of kind "logits", what turns them into shares of 1. */
struct softmax {
    float greatest = 0;
    float sum = 1;

    softmax(const float *scores, size_t count)
        : greatest(*std::max_element(scores, scores + count)),
          sum(std::accumulate(scores, scores + count, 0.0F, [this](float total, float score) {
              return total + std::exp(score - greatest);
          }))
    {
    }

    float operator()(float score) const
    {
        return std::exp(score - greatest) / sum;
    }
};

std::vector<size_t> best_first(const float *scores, size_t count, size_t wanted)
{
    std::vector<size_t> order(count);

    std::iota(order.begin(), order.end(), size_t(0));
    std::partial_sort(order.begin(), order.begin() + std::ptrdiff_t(wanted), order.end(),
                      [scores](size_t one, size_t other) {
                          return scores[one] != scores[other] ? scores[one] > scores[other]
                                                              : one < other;
                      });
    order.resize(wanted);
    return order;
}

std::vector<vaccel_vision_class> best_classes(const description &about, const cv::Mat &output,
                                              size_t room)
{
    const size_t count = output.total();
    const auto *scores = output.ptr<float>();
    std::vector<vaccel_vision_class> classes;

    if (!std::all_of(scores, scores + count, [](float score) { return std::isfinite(score); }))
        throw failure(VACCEL_EBACKEND, about.file + ": the network gave a score that is no "
                                                    "number: check [input] mean and scale");
    const softmax share(scores, count);
    classes.reserve(std::min(count, room));
    for (const size_t index : best_first(scores, count, std::min(count, room))) {
        const float score = scores[index];
        classes.push_back(
            make_class(about, index, about.kind == output_kind::logits ? share(score) : score));
    }
    return classes;
}

/* How many classes the caller takes. Room that does not even hold one gets all of them, held. */
size_t room_for_classes(const vaccel_output *classes)
{
    const size_t room = classes ? classes->size / sizeof(vaccel_vision_class) : 1;

    return classes && (!classes->data || !room) ? std::numeric_limits<size_t>::max() : room;
}

int classify(vaccel_session *sess, const encoded_picture &picture, vaccel_output *classes,
             vaccel_output *annotated)
{
    network &net = network_of(operation::classify);
    const cv::Mat pixels = picture.decode(net.colours_wanted());
    std::vector<vaccel_vision_class> found;
    std::vector<unsigned char> drawn;

    {
        network::lease lease(net);
        found = best_classes(net.about(), lease.run(pixels), room_for_classes(classes));
    }
    if (annotated)
        drawn = canvas(picture, pixels).with_classes(found);
    delivery outputs(sess);
    outputs.put(classes, found);
    outputs.put(annotated, drawn);
    return outputs.finish();
}

} // namespace

} // namespace vision

int opencv_classify(struct vaccel_session *sess, const void *img, size_t len_img,
                    struct vaccel_output *classes, struct vaccel_output *picture)
{
    return vision::guarded("classify", [&] {
        return vision::classify(sess, vision::encoded_picture(img, len_img), classes, picture);
    });
}
