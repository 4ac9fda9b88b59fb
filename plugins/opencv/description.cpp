/* SPDX-License-Identifier: Apache-2.0 */
#include "description.hpp"

#include "failure.hpp"
#include "section.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <toml++/toml.h>

namespace vision
{

namespace
{

constexpr const char *default_directory = "/etc/vaccel/vision";
constexpr const char *directory_variable = "VACCEL_VISION_MODELS";
constexpr int max_input_side = 8192;

struct kind_name {
    const char *name;
    operation which;
    output_kind kind;
};

constexpr kind_name kinds[] = {
    {"logits", operation::classify, output_kind::logits},
    {"probabilities", operation::classify, output_kind::probabilities},
    {"yolov5", operation::detect, output_kind::yolov5},
    {"yolov8", operation::detect, output_kind::yolov8},
    {"class-scores", operation::segment, output_kind::class_scores},
    {"heatmaps", operation::pose, output_kind::heatmaps},
    {"map", operation::depth, output_kind::map},
};

output_kind read_kind(const section &output, operation which)
{
    std::string choices;

    for (const kind_name &candidate : kinds) {
        if (candidate.which == which)
            choices += (choices.empty() ? "\"" : " or \"") + std::string(candidate.name) + "\"";
    }
    const std::string name = output.text("kind", choices);
    for (const kind_name &candidate : kinds) {
        if (candidate.which == which && name == candidate.name)
            return candidate.kind;
    }
    output.refuse("kind", choices);
}

channel_order read_order(const section &input)
{
    constexpr const char *choices = "\"gray\", \"rgb\" or \"bgr\"";
    const std::string name = input.text("channels", choices);

    if (name == "gray")
        return channel_order::gray;
    if (name == "rgb")
        return channel_order::rgb;
    if (name == "bgr")
        return channel_order::bgr;
    input.refuse("channels", choices);
}

dimension_order read_layout(const section &input)
{
    constexpr const char *choices = "\"nchw\" or \"nhwc\"";
    const std::string name = input.text("layout", choices);

    if (name == "nchw")
        return dimension_order::nchw;
    if (name == "nhwc")
        return dimension_order::nhwc;
    input.refuse("layout", choices);
}

void read_input(const section &input, description &about)
{
    input.allow({"width", "height", "channels", "mean", "scale", "layout"});
    about.width = input.whole("width", 1, max_input_side);
    about.height = input.whole("height", 1, max_input_side);
    about.order = read_order(input);
    if (input.has("layout"))
        about.layout = read_layout(input);
    about.mean = input.per_channel("mean", about.channels());
    about.scale = input.per_channel("scale", about.channels());
    if (std::find(about.scale.begin(), about.scale.begin() + about.channels(), 0.0F) !=
        about.scale.begin() + about.channels())
        input.refuse("scale", "factors other than 0: with 0 every picture looks the same");
}

void read_output(const section &output, operation which, description &about)
{
    const bool has_overlap = which == operation::detect;
    const bool has_threshold = which == operation::detect || which == operation::pose;
    std::vector<std::string> allowed = {"kind", "name"};

    if (has_threshold)
        allowed.emplace_back("threshold");
    if (has_overlap)
        allowed.emplace_back("overlap");
    output.allow(allowed);
    about.kind = read_kind(output, which);
    if (output.has("name"))
        about.output = output.text("name", "the name of one of the network's outputs");
    if (has_threshold)
        about.threshold = output.number("threshold", 0, 1);
    if (has_overlap)
        about.overlap = output.number("overlap", 0, 1);
}

std::vector<std::string> read_labels(const std::filesystem::path &path, const description &about)
{
    std::ifstream file(path);
    std::vector<std::string> labels;
    std::string line;

    while (std::getline(file, line)) {
        if (!line.empty() && line.back() == '\r')
            line.pop_back();
        labels.push_back(line);
    }
    if (labels.empty() || file.bad())
        throw failure(VACCEL_EBACKEND, about.file + ": labels is \"" + path.string() +
                                           "\", which cannot be read or is empty: write the path "
                                           "of a file with one label in each line");
    return labels;
}

std::filesystem::path path_beside(const std::string &file, const std::string &path)
{
    if (path.empty() || path.find('\0') != std::string::npos)
        throw failure(VACCEL_EBACKEND,
                      file + ": a path is empty or has a zero byte in it: write a file's name");
    return std::filesystem::path(file).parent_path() / path;
}

/* Empty would be none. */
std::string read_engine(const section &top)
{
    constexpr const char *what_to_write = "the name of a plugin that runs models, or no engine";
    const std::string name = top.text("engine", what_to_write);

    if (name.empty())
        top.refuse("engine", what_to_write);
    return name;
}

void read_file(const toml::table &table, operation which, description &about)
{
    const section top(about.file, "", table);
    std::vector<std::string> allowed = {"network", "input", "output"};

    if (which != operation::depth)
        allowed.emplace_back("labels");
    allowed.emplace_back("engine");
    top.allow(allowed);
    about.network = path_beside(about.file, top.text("network", "the path of a model")).string();
    if (top.has("engine"))
        about.engine = read_engine(top);
    if (top.has("labels"))
        about.labels = read_labels(
            path_beside(about.file, top.text("labels", "the path of a text file")), about);
    read_input(top.inner("input"), about);
    read_output(top.inner("output"), which, about);
}

std::string description_path(operation which)
{
    const char *directory = std::getenv(directory_variable);

    if (!directory || !*directory)
        directory = default_directory;
    return (std::filesystem::path(directory) / name_of(which)).string() + ".toml";
}

} // namespace

const char *name_of(operation which)
{
    constexpr const char *names[nr_operations] = {"classify", "detect", "segment", "pose", "depth"};

    return names[size_t(which)];
}

description read_description(operation which)
{
    description about;
    std::ifstream stream;

    about.file = description_path(which);
    errno = 0;
    stream.open(about.file);
    if (!stream)
        throw failure(errno == ENOMEM ? VACCEL_ENOMEM : VACCEL_ENOTSUP,
                      "no network is configured (" + std::string(std::strerror(errno)) +
                          "): write " + about.file +
                          ", which describes the network to run, or "
                          "point " +
                          directory_variable + " to the directory of " + name_of(which) + ".toml");
    try {
        read_file(toml::parse(stream, about.file), which, about);
    } catch (const toml::parse_error &error) {
        throw failure(VACCEL_EBACKEND, about.file + ", line " +
                                           std::to_string(error.source().begin.line) + ": " +
                                           std::string(error.description()) + ": write TOML there");
    }
    return about;
}

/* No character is cut in two. */
static size_t fitting_length(const std::string &label)
{
    size_t length = std::min(label.size(), size_t(VACCEL_VISION_LABEL_SIZE) - 1);

    while (length && length < label.size() && (label[length] & 0xc0) == 0x80)
        length--;
    return length;
}

vaccel_vision_class make_class(const description &about, size_t index, float score)
{
    vaccel_vision_class result{};
    const std::string label = about.labels.empty() ? std::to_string(index) : about.labels.at(index);

    result.score = std::clamp(score, 0.0F, 1.0F);
    result.index = uint32_t(index);
    std::memcpy(result.label, label.data(), fitting_length(label));
    return result;
}

} // namespace vision
