/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENCV_FAILURE_HPP
#define OPENCV_FAILURE_HPP

#include <stdexcept>
#include <string>

namespace vision
{

/* An error code and the sentence for the log, on their way to the operation's end. */
class failure : public std::runtime_error
{
  public:
    failure(int code, const std::string &sentence) : std::runtime_error(sentence), code_(code)
    {
    }

    int code() const
    {
        return code_;
    }

  private:
    int code_;
};

/* The text without line ends, for a sentence of the log. */
std::string on_one_line(std::string text);

/* Logs the exception that is being handled; its error code. */
int report_exception(const char *operation) noexcept;

/* Runs the function; what it throws ends here. */
template <typename Function> int guarded(const char *operation, Function function) noexcept
{
    try {
        return function();
    } catch (...) {
        return report_exception(operation);
    }
}

} // namespace vision

#endif
