/* SPDX-License-Identifier: Apache-2.0 */
#include "failure.hpp"
#include "settings.hpp"

#include <algorithm>
#include <new>
#include <sstream>

#include <c10/util/Exception.h>
#include <vaccel.h>

namespace torchscript
{

namespace
{

bool has(const std::string &text, const char *words)
{
    return text.find(words) != std::string::npos;
}

/* Its lines up to the first empty one, on one line. */
std::string first_paragraph(const std::string &text)
{
    std::istringstream lines(text);
    std::string line, paragraph;

    while (std::getline(lines, line) && (paragraph.empty() || !line.empty())) {
        if (!line.empty())
            paragraph += (paragraph.empty() ? "" : " ") + line;
    }
    return paragraph;
}

std::string last_line(const std::string &text)
{
    std::istringstream lines(text);
    std::string line, last;

    while (std::getline(lines, line)) {
        if (!line.empty())
            last = line;
    }
    return last;
}

/* What the interpreter adds is where in the model it was; the sentence comes last. */
bool from_interpreter(const std::string &text)
{
    return has(text, "TorchScript interpreter");
}

std::string sentence_in(const std::string &text)
{
    return from_interpreter(text) ? last_line(text) : first_paragraph(text);
}

int out_of_memory(const char *call) noexcept
{
    vaccel_error("[torch] %s: out of memory: give the process more, or smaller tensors", call);
    return VACCEL_ENOMEM;
}

/* The interpreter passes on no more of an exception than its sentence. */
int code_of(const std::string &text, int refused)
{
    if (has(text, "out of memory") || has(text, "DefaultCPUAllocator"))
        return VACCEL_ENOMEM;
    if (has(text, "INTERNAL ASSERT FAILED") || has(text, "CUDA error") ||
        has(text, "Could not run 'aten::"))
        return VACCEL_EBACKEND;
    return refused;
}

/* A fault in a kernel takes the context of all models of the process with it. */
void report_torch(const char *call, const std::string &text)
{
    const std::string sentence = sentence_in(text);

    vaccel_error("[torch] %s: %s", call, sentence.c_str());
    if (!device_works())
        vaccel_plugin_fault(&vaccel_this_plugin, sentence.c_str());
}

int report(const char *call, int refused)
{
    try {
        throw;
    } catch (const failure &error) {
        vaccel_error("[torch] %s: %s", call, error.what());
        return error.code();
    } catch (const std::bad_alloc &) {
        return out_of_memory(call);
    } catch (const c10::Error &error) {
        report_torch(call, error.msg());
        return code_of(error.msg(), refused);
    } catch (const std::exception &error) {
        report_torch(call, error.what());
        return from_interpreter(error.what()) ? code_of(error.what(), refused) : VACCEL_EBACKEND;
    } catch (...) {
        vaccel_error("[torch] %s: an exception of an unknown type", call);
    }
    return VACCEL_EBACKEND;
}

} // namespace

std::string quoted(const std::vector<std::string> &names)
{
    std::string list;

    for (const std::string &name : names)
        list += (list.empty() ? "\"" : ", \"") + name + "\"";
    return list.empty() ? "none" : list;
}

int report_exception(const char *call, int refused) noexcept
{
    try {
        return report(call, refused);
    } catch (...) {
        return out_of_memory(call);
    }
}

} // namespace torchscript
