/* SPDX-License-Identifier: Apache-2.0 */
#include "section.hpp"

#include "failure.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <utility>

#include <vaccel.h>

namespace vision
{

section::section(std::string file, std::string name, const toml::table &table)
    : file_(std::move(file)), name_(std::move(name)), table_(table)
{
}

std::string section::place() const
{
    return name_.empty() ? "" : "[" + name_ + "] ";
}

bool section::has(const std::string &key) const
{
    return table_.contains(key);
}

void section::refuse(const std::string &key, const std::string &what_to_write) const
{
    std::ostringstream sentence;

    sentence << file_ << ": " << place() << key << " is ";
    if (const toml::node *node = table_.get(key))
        node->visit([&](const auto &value) {
            if constexpr (toml::is_floating_point<decltype(value)>)
                sentence << value.get(); /* 0.1, not all of its digits */
            else
                sentence << value;
        });
    else
        sentence << "missing";
    sentence << ": write " << what_to_write;
    throw failure(VACCEL_EBACKEND, sentence.str());
}

void section::allow(const std::vector<std::string> &keys) const
{
    for (const auto &entry : table_) {
        const std::string key(entry.first.str());
        std::string choices;

        if (std::find(keys.begin(), keys.end(), key) != keys.end())
            continue;
        for (const std::string &allowed : keys)
            choices += (choices.empty() ? "" : ", ") + allowed;
        throw failure(VACCEL_EBACKEND,
                      file_ + ": " + place() + key + " is not known: write none but " + choices);
    }
}

section section::inner(const std::string &key) const
{
    const toml::table *table = table_[key].as_table();

    if (!table)
        refuse(key, "a table: [" + key + "] and its keys in the lines below");
    return section(file_, key, *table);
}

std::string section::text(const std::string &key, const std::string &what_to_write) const
{
    const toml::value<std::string> *value = table_[key].as_string();

    if (!value)
        refuse(key, what_to_write);
    return value->get();
}

int section::whole(const std::string &key, int low, int high) const
{
    const toml::value<int64_t> *value = table_[key].as_integer();

    if (!value || value->get() < low || value->get() > high)
        refuse(key, "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    return int(value->get());
}

static bool is_float(const toml::node *node)
{
    return node && node->is_number() &&
           std::abs(*node->value<double>()) <= std::numeric_limits<float>::max();
}

float section::number(const std::string &key, double low, double high) const
{
    const toml::node *node = table_.get(key);
    const double value = is_float(node) ? *node->value<double>() : low - 1;

    if (value < low || value > high) {
        std::ostringstream range;
        range << "a number from " << low << " to " << high;
        refuse(key, range.str());
    }
    return float(value);
}

std::array<float, 3> section::per_channel(const std::string &key, int channels) const
{
    const std::string what_to_write =
        channels == 1 ? "a number, or [a number]"
                      : "a number, or [three numbers, in the order of channels]";
    const toml::node *node = table_.get(key);
    const toml::array *list = node ? node->as_array() : nullptr;
    std::array<float, 3> values{};

    if (list ? list->size() != size_t(channels) : !is_float(node))
        refuse(key, what_to_write);
    for (size_t i = 0; i < size_t(channels); i++) {
        const toml::node *element = list ? list->get(i) : node;

        if (!is_float(element))
            refuse(key, what_to_write);
        values[i] = float(*element->value<double>());
    }
    return values;
}

} // namespace vision
