/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/settings_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <sstream>
#include <string_view>

#include <toml++/toml.h>

namespace agent
{

namespace
{

constexpr uint64_t most_of_all = std::numeric_limits<int64_t>::max();
constexpr uint64_t day_ms = 24 * 60 * 60 * 1000;
constexpr uint64_t longest_spin_us = 10000;

/* A key, where it stands and what it is set to. */
struct entry {
    const std::string &file;
    std::string name; /* "[limits] calls" */
    const toml::node &node;
    unsigned int line;

    [[noreturn]] void refuse(const std::string &fault) const
    {
        throw refusal(file + ", line " + std::to_string(line) + ": " + name + fault);
    }

    [[noreturn]] void refuse_value(const std::string &what_to_write) const
    {
        std::ostringstream value;

        node.visit([&](const auto &any) {
            if constexpr (toml::is_value<decltype(any)>)
                value << any;
            else
                value << "a list or table";
        });
        refuse(" is " + value.str() + ": write " + what_to_write);
    }
};

template <typename Struct> struct number_key {
    const char *name;
    uint64_t Struct::*member;
    uint64_t most;
    uint64_t least = 1;
};

constexpr number_key<limits> limit_keys[] = {
    {"connections", &limits::connections, CONNECTIONS_MOST},
    {"sessions", &limits::sessions, 65536},
    {"resources", &limits::resources, 65536},
    {"resource_bytes", &limits::resource_bytes, most_of_all},
    {"held_bytes", &limits::held_bytes, most_of_all},
    {"calls", &limits::calls, 1024},
    {"message_bytes", &limits::message_bytes, most_of_all},
    {"connection_bytes", &limits::connection_bytes, most_of_all},
};

constexpr number_key<timeouts> timeout_keys[] = {
    {"hello_ms", &timeouts::hello_ms, day_ms},
    {"stall_ms", &timeouts::stall_ms, day_ms},
    {"drain_ms", &timeouts::drain_ms, day_ms},
    {"reset_ms", &timeouts::reset_ms, day_ms},
};

constexpr number_key<device_settings> device_keys[] = {
    {"spin_us", &device_settings::spin_us, longest_spin_us, 0},
    {"front_ends", &device_settings::front_ends, FRONT_ENDS_MOST},
};

const toml::table &table_of(const entry &key)
{
    if (!key.node.is_table())
        key.refuse_value("a table: " + key.name + " in brackets, and its keys in the lines below");
    return *key.node.as_table();
}

uint64_t read_number(const entry &key, uint64_t least, uint64_t most)
{
    const toml::value<int64_t> *number = key.node.as_integer();

    if (!number || number->get() < int64_t(least) || uint64_t(number->get()) > most)
        key.refuse_value("a whole number from " + std::to_string(least) + " to " +
                         std::to_string(most));
    return uint64_t(number->get());
}

/* The element of @keys that has the name. */
template <typename Key, size_t count>
const Key &find_key(const entry &key, const std::string_view name, const Key (&keys)[count])
{
    std::string choices;

    for (const Key &known : keys) {
        if (name == known.name)
            return known;
        choices += (choices.empty() ? "" : ", ") + std::string(known.name);
    }
    key.refuse(" is not known: write none but " + choices);
}

/* Such a table has numbers alone. */
template <typename Struct, size_t count>
void read_numbers(const entry &parent, const number_key<Struct> (&keys)[count], Struct &numbers)
{
    for (const auto &[name, node] : table_of(parent)) {
        const entry key{parent.file, "[" + parent.name + "] " + std::string(name.str()), node,
                        name.source().begin.line};
        const number_key<Struct> &known = find_key(key, name.str(), keys);

        numbers.*known.member = read_number(key, known.least, known.most);
    }
}

bool read_flag(const entry &key)
{
    if (!key.node.is_boolean())
        key.refuse_value("true or false");
    return key.node.as_boolean()->get();
}

std::string read_text(const entry &key)
{
    if (!key.node.is_string() || key.node.as_string()->get().empty())
        key.refuse_value("a text in quotes");
    return key.node.as_string()->get();
}

/* What is wrong with a value that @use takes is told with its place. */
template <typename Use> void at_place(const entry &key, Use use)
{
    try {
        use();
    } catch (const refusal &fault) {
        key.refuse(std::string(": ") + fault.what());
    }
}

template <typename Use> void for_each_text(const entry &key, Use use)
{
    if (!key.node.is_array())
        key.refuse_value("a list: [\"...\", \"...\"]");
    for (const toml::node &element : *key.node.as_array()) {
        const entry each{key.file, key.name, element, element.source().begin.line};
        const std::string text = read_text(each);

        at_place(each, [&] { use(text); });
    }
}

void read_plugins(const entry &key, settings &settings)
{
    std::string list;

    if (key.node.is_string())
        list = read_text(key);
    else
        for_each_text(key,
                      [&](const std::string &name) { list += (list.empty() ? "" : ":") + name; });
    at_place(key, [&] { copy_text(settings.plugins, sizeof(settings.plugins), list); });
}

void add_host(settings &settings, const std::string &host)
{
    if (settings.nr_hosts == HOSTS_MOST)
        throw refusal("there may be " + std::to_string(HOSTS_MOST) + " hosts");
    if (host.find_first_of("/ ") != std::string::npos)
        throw refusal("\"" + host + "\" is no host: write \"models.example.org\", without http://");
    copy_text(settings.hosts[settings.nr_hosts], HOST_SIZE, host);
    settings.nr_hosts++;
}

void read_listen(const entry &key, settings &settings)
{
    settings.nr_listen = 0;
    for_each_text(key, [&](const std::string &address) { add_listen(settings, address); });
}

void read_hosts(const entry &key, settings &settings)
{
    for_each_text(key, [&](const std::string &host) { add_host(settings, host); });
}

struct top_key {
    const char *name;
    void (*read)(const entry &key, settings &settings);
};

const top_key top_keys[] = {
    {"listen", read_listen},
    {"plugins", read_plugins},
    {"allow_exec",
     [](const entry &key, settings &settings) { settings.allow_exec = read_flag(key); }},
    {"allow_kernels",
     [](const entry &key, settings &settings) { settings.allow_kernels = read_flag(key); }},
    {"hosts", read_hosts},
    {"limits",
     [](const entry &key, settings &settings) { read_numbers(key, limit_keys, settings.limits); }},
    {"timeouts", [](const entry &key,
                    settings &settings) { read_numbers(key, timeout_keys, settings.timeouts); }},
    {"device",
     [](const entry &key, settings &settings) { read_numbers(key, device_keys, settings.device); }},
};

std::string contents_of(const std::string &path)
{
    std::ostringstream contents;
    std::ifstream file;

    errno = 0;
    file.open(path);
    if (file && file.peek() == std::ifstream::traits_type::eof() && !file.bad())
        return {};
    if (file)
        contents << file.rdbuf();
    /* To find nothing in it is no failure. */
    if (!file || contents.bad())
        throw refusal("cannot read " + path + ": " + std::strerror(errno ? errno : EIO));
    return contents.str();
}

} // namespace

void read_settings_file(const std::string &path, settings &settings)
{
    try {
        const toml::table table = toml::parse(contents_of(path), path);

        for (const auto &[name, node] : table) {
            const entry key{path, std::string(name.str()), node, name.source().begin.line};

            find_key(key, name.str(), top_keys).read(key, settings);
        }
    } catch (const toml::parse_error &error) {
        throw refusal(path + ", line " + std::to_string(error.source().begin.line) + ": " +
                      std::string(error.description()) + ": write TOML there");
    }
}

} // namespace agent
