/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/run_directory.h"
#include "agent/log.h"
#include "platform/platform.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool make_below(const char *base, char *path, size_t size)
{
    int length = snprintf(path, size, "%s/vaccel-agent.XXXXXX", base);

    return length > 0 && (size_t)length < size && mkdtemp(path);
}

bool run_directory_make(char *path, size_t size)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    char of_user[64];

    snprintf(of_user, sizeof(of_user), "/run/user/%lu", (unsigned long)getuid());
    if ((runtime && runtime[0] == '/' && make_below(runtime, path, size)) ||
        make_below(of_user, path, size) || make_below("/tmp", path, size))
        return true;
    agent_error("cannot make a directory for the worker, neither in XDG_RUNTIME_DIR nor in %s nor "
                "in /tmp: %s",
                of_user, strerror(errno));
    return false;
}

void run_directory_remove(const char *path)
{
    int error = platform_directory_remove(path);

    if (error)
        agent_warn("cannot remove %s, which the worker used: %s", path, strerror(error));
}
