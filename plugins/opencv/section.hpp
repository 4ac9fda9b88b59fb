/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENCV_SECTION_HPP
#define OPENCV_SECTION_HPP

#include <array>
#include <string>
#include <vector>

#include <toml++/toml.h>

namespace vision
{

/*
 * A table of a description file. What is not as it should be throws a failure whose sentence names
 * the file, the key and the value, and says what to write.
 */
class section
{
  public:
    /* @name is empty for the file's top level. The table must outlive the section. */
    section(std::string file, std::string name, const toml::table &table);

    bool has(const std::string &key) const;
    section inner(const std::string &key) const;
    std::string text(const std::string &key, const std::string &what_to_write) const;
    int whole(const std::string &key, int low, int high) const;
    float number(const std::string &key, double low, double high) const;
    /* A number for each channel; in the file one number stands for all. */
    std::array<float, 3> per_channel(const std::string &key, int channels) const;

    /* Every key must be one of these. */
    void allow(const std::vector<std::string> &keys) const;
    [[noreturn]] void refuse(const std::string &key, const std::string &what_to_write) const;

  private:
    std::string place() const;

    std::string file_, name_;
    const toml::table &table_;
};

} // namespace vision

#endif
