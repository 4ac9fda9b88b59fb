/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/broker.h"
#include "agent/log.h"
#include "agent/settings.h"
#include "stream/address.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    OTHER_DESCRIPTORS = 512, /* of the worker: libraries, files of resources */
    DEVICE_DESCRIPTORS = 16, /* of a front end: its socket, memory and eventfds, and its worker's */
    MACHINE_DESCRIPTORS = 2, /* of a machine: a listening socket, and its directory */
};

/* A socket under the number of the standard error would get the log. */
static void open_standard_descriptors(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

static rlim_t descriptors_of_machines(const struct settings *settings)
{
    char path[ADDRESS_SIZE];
    uint32_t port;
    rlim_t count = 0;
    bool has_hybrid = false;
    size_t i;

    for (i = 0; i < settings->nr_listen; i++) {
        if (address_device(settings->listen[i]))
            count += settings->device.front_ends * DEVICE_DESCRIPTORS;
        has_hybrid |= address_machines(settings->listen[i], path, sizeof(path), &port);
    }
    return count + (has_hybrid ? MACHINES_MOST * MACHINE_DESCRIPTORS : 0);
}

/* The worker inherits it. */
static void allow_descriptors(const struct settings *settings)
{
    rlim_t machines = descriptors_of_machines(settings);
    rlim_t wanted = settings->limits.connections + machines + OTHER_DESCRIPTORS;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= wanted)
        return;
    if (limit.rlim_max < wanted)
        agent_warn("the process may open %llu files, and %llu connections%s need %llu: raise "
                   "LimitNOFILE or ulimit -n",
                   (unsigned long long)limit.rlim_max,
                   (unsigned long long)settings->limits.connections,
                   machines ? " and the virtual machines" : "", (unsigned long long)wanted);
    limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit))
        agent_warn("cannot allow %llu open files: %s", (unsigned long long)limit.rlim_cur,
                   strerror(errno));
}

int main(int argc, char **argv)
{
    static struct settings settings;
    enum settings_outcome outcome;

    open_standard_descriptors();
    outcome = settings_read(argc, argv, &settings);
    if (outcome != SETTINGS_RUN)
        return outcome == SETTINGS_SHOWN ? EXIT_SUCCESS : EXIT_FAILURE;
    signal(SIGPIPE, SIG_IGN);
    allow_descriptors(&settings);
    return broker_run(&settings);
}
