/* SPDX-License-Identifier: Apache-2.0 */
#include "delivery.hpp"
#include "draw.hpp"
#include "failure.hpp"
#include "network.hpp"
#include "operations.h"

#include <algorithm>
#include <cmath>

namespace vision
{

namespace
{

struct candidate {
    cv::Rect2f box; /* in pixels of the network's input */
    size_t index;
    float score;
};

/*
 * The two layouts of a YOLO's output: for each candidate its middle, width and height, in the
 * older one how sure it is that there is an object, and the scores of the classes.
 */
class candidates_view
{
  public:
    candidates_view(const description &about, const cv::Mat &output)
        : data_(output.ptr<float>()), first_class_(about.kind == output_kind::yolov5 ? 5 : 4)
    {
        const bool in_rows = about.kind == output_kind::yolov5;

        count_ = size_t(output.size[in_rows ? 1 : 2]);
        const auto values = size_t(output.size[in_rows ? 2 : 1]);
        next_candidate_ = in_rows ? values : 1;
        next_value_ = in_rows ? 1 : count_;
        nr_classes_ = values - first_class_;
    }

    size_t count() const
    {
        return count_;
    }

    candidate get(size_t at) const
    {
        const float *value = data_ + at * next_candidate_;
        const float width = value[2 * next_value_], height = value[3 * next_value_];
        const float *scores = value + first_class_ * next_value_;
        size_t best = 0;

        for (size_t i = 1; i < nr_classes_; i++) {
            if (scores[i * next_value_] > scores[best * next_value_])
                best = i;
        }
        const float certainty = first_class_ == 5 ? value[4 * next_value_] : 1;
        return {cv::Rect2f(value[0] - width / 2, value[next_value_] - height / 2, width, height),
                best, scores[best * next_value_] * certainty};
    }

  private:
    const float *data_;
    size_t first_class_;
    size_t count_ = 0, nr_classes_ = 0;
    size_t next_candidate_ = 0, next_value_ = 0;
};

bool is_box(const cv::Rect2f &box)
{
    return std::isfinite(box.x) && std::isfinite(box.y) && std::isfinite(box.width) &&
           std::isfinite(box.height) && box.width > 0 && box.height > 0;
}

/* Not-a-number scores are below every threshold. */
std::vector<candidate> sure_candidates(const description &about, const cv::Mat &output)
{
    const candidates_view view(about, output);
    std::vector<candidate> sure;

    for (size_t i = 0; i < view.count(); i++) {
        const candidate next = view.get(i);
        if (next.score >= about.threshold && is_box(next.box))
            sure.push_back(next);
    }
    std::stable_sort(sure.begin(), sure.end(), [](const candidate &one, const candidate &other) {
        return one.score > other.score;
    });
    return sure;
}

float shared_area(const cv::Rect2f &one, const cv::Rect2f &other)
{
    const float both = (one & other).area();

    return both / (one.area() + other.area() - both);
}

/* Best first; a candidate goes when a better one of its class covers it. */
std::vector<candidate> suppress_overlaps(const std::vector<candidate> &sorted, float overlap)
{
    std::vector<candidate> kept;

    for (const candidate &next : sorted) {
        if (std::none_of(kept.begin(), kept.end(), [&](const candidate &better) {
                return better.index == next.index && shared_area(better.box, next.box) > overlap;
            }))
            kept.push_back(next);
    }
    return kept;
}

/* From the network's pixels to the picture's, cut at its edges. */
std::vector<vaccel_vision_box> boxes_in_picture(const description &about,
                                                const std::vector<candidate> &found, cv::Size size)
{
    const cv::Rect2f whole(0, 0, float(size.width), float(size.height));
    const float to_x = whole.width / float(about.width), to_y = whole.height / float(about.height);
    std::vector<vaccel_vision_box> boxes;

    for (const candidate &next : found) {
        const cv::Rect2f box = cv::Rect2f(next.box.x * to_x, next.box.y * to_y,
                                          next.box.width * to_x, next.box.height * to_y) &
                               whole;
        if (!box.empty())
            boxes.push_back(
                {box.x, box.y, box.width, box.height, make_class(about, next.index, next.score)});
    }
    return boxes;
}

int detect(vaccel_session *sess, const encoded_picture &picture, vaccel_output *boxes,
           vaccel_output *annotated)
{
    network &net = network_of(operation::detect);
    const cv::Mat pixels = picture.decode(net.colours_wanted());
    std::vector<candidate> sure;
    std::vector<unsigned char> drawn;

    {
        network::lease lease(net);
        sure = sure_candidates(net.about(), lease.run(pixels));
    }
    const std::vector<vaccel_vision_box> found =
        boxes_in_picture(net.about(), suppress_overlaps(sure, net.about().overlap), pixels.size());
    if (annotated)
        drawn = canvas(picture, pixels).with_boxes(found);
    delivery outputs(sess);
    outputs.put(boxes, found);
    outputs.put(annotated, drawn);
    return outputs.finish();
}

} // namespace

} // namespace vision

int opencv_detect(struct vaccel_session *sess, const void *img, size_t len_img,
                  struct vaccel_output *boxes, struct vaccel_output *picture)
{
    return vision::guarded("detect", [&] {
        return vision::detect(sess, vision::encoded_picture(img, len_img), boxes, picture);
    });
}
