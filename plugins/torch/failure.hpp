/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TORCH_FAILURE_HPP
#define TORCH_FAILURE_HPP

#include <stdexcept>
#include <string>
#include <vector>

namespace torchscript
{

/* An error code and the sentence for the log, on their way to the call's end. */
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

/* For sentences: "a", "b", "c"; or: none. */
std::string quoted(const std::vector<std::string> &names);

/*
 * Logs the exception that is being handled; its error code.
 * @refused  the code for what torch refuses: of a model's run it was the inputs
 */
int report_exception(const char *call, int refused) noexcept;

/* Runs the function; what it throws ends here. */
template <typename Function> int guarded(const char *call, int refused, Function function) noexcept
{
    try {
        return function();
    } catch (...) {
        return report_exception(call, refused);
    }
}

} // namespace torchscript

#endif
