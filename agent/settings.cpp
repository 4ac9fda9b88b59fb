/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/settings.h"

#include "agent/settings_file.hpp"
#include "stream/address.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <vector>

#include <getopt.h>
#include <vaccel.h>

namespace agent
{

namespace
{

constexpr const char *program = "vaccel-agent";
constexpr const char *default_address = "tcp://127.0.0.1:65500";
constexpr uint64_t gigabyte = 1024 * 1024 * 1024;

constexpr const char *help =
    R"(usage: vaccel-agent [OPTION]...

Run functions for applications elsewhere that use vAccel's plugin "rpc".

  --listen ADDRESS   where they connect: unix:///path, tcp://host:port, tcp://[v6]:port,
                     vsock://any:port; vhost-user:///path, virtio devices for virtual
                     machines and processes; vhost-vsock:///path?cid=5, vsocks for virtual
                     machines; hybrid-vsock:///path?port=N, for machines whose VMM has its
                     vsock at that path, in which a directory may be *. May be given
                     several times. Else tcp://127.0.0.1:65500
  --plugins LIST     the plugins that run the functions, separated by ':'. Else those
                     that the environment names in VACCEL_PLUGINS
  --config FILE      a TOML file, for limits too; what stands here counts more
  --allow-exec       let clients run functions of libraries, of this machine or
                     that they send
  --allow-kernels    let clients run kernels that they send
  --help             print this
  --version          print the version

Example: serve BLAS and OpenCV to this machine and to its virtual machines

  vaccel-agent --plugins blas:opencv --listen unix:///run/vaccel.sock --listen vsock://any:65500

and a program that uses it:

  VACCEL_PLUGINS=rpc VACCEL_RPC_ADDRESS=unix:///run/vaccel.sock classify picture.jpg
)";

struct command_line {
    std::vector<std::string> listen;
    const char *plugins = nullptr;
    const char *config = nullptr;
    bool allow_exec = false;
    bool allow_kernels = false;
    bool is_shown = false;
};

enum option { LISTEN = 256, PLUGINS, CONFIG, ALLOW_EXEC, ALLOW_KERNELS, HELP, VERSION };

constexpr ::option options[] = {
    {"listen", required_argument, nullptr, LISTEN},
    {"plugins", required_argument, nullptr, PLUGINS},
    {"config", required_argument, nullptr, CONFIG},
    {"allow-exec", no_argument, nullptr, ALLOW_EXEC},
    {"allow-kernels", no_argument, nullptr, ALLOW_KERNELS},
    {"help", no_argument, nullptr, HELP},
    {"version", no_argument, nullptr, VERSION},
    {},
};

void take_option(command_line &given, int which)
{
    switch (which) {
    case LISTEN:
        given.listen.emplace_back(optarg);
        break;
    case PLUGINS:
        given.plugins = optarg;
        break;
    case CONFIG:
        given.config = optarg;
        break;
    case ALLOW_EXEC:
        given.allow_exec = true;
        break;
    case ALLOW_KERNELS:
        given.allow_kernels = true;
        break;
    case HELP:
        std::fputs(help, stdout);
        given.is_shown = true;
        break;
    case VERSION:
        std::printf("%s %s\n", program, VACCEL_VERSION);
        given.is_shown = true;
        break;
    default:
        throw refusal("see --help"); /* getopt_long() told what is wrong */
    }
}

command_line read_command_line(int argc, char **argv)
{
    command_line given;
    int which;

    while (!given.is_shown && (which = getopt_long(argc, argv, "", options, nullptr)) != -1)
        take_option(given, which);
    if (!given.is_shown && optind < argc)
        throw refusal(std::string(argv[optind]) + " is no option: see --help");
    return given;
}

settings defaults()
{
    settings settings{};
    const char *plugins = std::getenv("VACCEL_PLUGINS");

    add_listen(settings, default_address);
    copy_text(settings.plugins, sizeof(settings.plugins), plugins ? plugins : "");
    settings.limits = {256, 64, 256, 4 * gigabyte, gigabyte, 32, gigabyte, 2 * gigabyte};
    settings.timeouts = {10000, 30000, 10000, 1000};
    settings.device = {50, 16};
    return settings;
}

void apply(const command_line &given, settings &settings)
{
    if (!given.listen.empty())
        settings.nr_listen = 0;
    for (const std::string &address : given.listen)
        add_listen(settings, address);
    if (given.plugins)
        copy_text(settings.plugins, sizeof(settings.plugins), given.plugins);
    settings.allow_exec = settings.allow_exec || given.allow_exec;
    settings.allow_kernels = settings.allow_kernels || given.allow_kernels;
}

/* What only all of it together shows. */
void check(const settings &settings)
{
    if (!settings.plugins[0])
        throw refusal("there is no plugin to run functions: name some by --plugins, such as "
                      "--plugins blas:opencv");
    if (!settings.nr_listen)
        throw refusal("there is no address to listen at: name one by --listen");
    if (settings.limits.connection_bytes < settings.limits.message_bytes)
        throw refusal("[limits] connection_bytes is " +
                      std::to_string(settings.limits.connection_bytes) +
                      ", too little for one call: message_bytes allows it " +
                      std::to_string(settings.limits.message_bytes));
}

} // namespace

void copy_text(char *to, size_t size, const std::string &text)
{
    if (text.size() >= size)
        throw refusal("a text has " + std::to_string(text.size()) + " bytes, and may have " +
                      std::to_string(size - 1));
    if (text.find('\0') != std::string::npos)
        throw refusal("a text has a zero byte in it");
    std::memcpy(to, text.c_str(), text.size() + 1);
}

void add_listen(settings &settings, const std::string &address)
{
    char why[ADDRESS_WHY_SIZE];

    if (settings.nr_listen == LISTEN_MOST)
        throw refusal("the agent listens at " + std::to_string(LISTEN_MOST) + " addresses at most");
    copy_text(settings.listen[settings.nr_listen], ADDRESS_SIZE, address);
    if (address_check(address.c_str(), true, why, sizeof(why)))
        throw refusal(why);
    settings.nr_listen++;
}

} // namespace agent

enum settings_outcome settings_read(int argc, char **argv, struct settings *settings)
{
    try {
        const agent::command_line given = agent::read_command_line(argc, argv);

        if (given.is_shown)
            return SETTINGS_SHOWN;
        *settings = agent::defaults();
        if (given.config)
            agent::read_settings_file(given.config, *settings);
        agent::apply(given, *settings);
        agent::check(*settings);
        return SETTINGS_RUN;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s: %s\n", agent::program, error.what());
        return SETTINGS_WRONG;
    }
}
