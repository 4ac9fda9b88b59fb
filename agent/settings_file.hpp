/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENT_SETTINGS_FILE_HPP
#define AGENT_SETTINGS_FILE_HPP

#include "agent/settings.h"

#include <stdexcept>
#include <string>

namespace agent
{

/* What is wrong with a setting, as a sentence. */
struct refusal : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/* Change what the TOML file sets. Throws refusal. */
void read_settings_file(const std::string &path, settings &settings);

/* Add an address, checked. Throws refusal. */
void add_listen(settings &settings, const std::string &address);

/* Copy into an array of a settings struct. Throws refusal if it does not fit or has a NUL. */
void copy_text(char *to, size_t size, const std::string &text);

} // namespace agent

#endif
