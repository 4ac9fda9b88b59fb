/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/worker_program.h"
#include "agent/control.h"
#include "agent/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NOT_EXECUTED = 127 };

static const char program[] = "vaccel-worker";

/* Beside the broker's own program, where a build has it; else where it is installed. */
static void find_program(char *path, size_t size)
{
    char own[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", own, sizeof(own) - 1);
    char *slash;

    own[length < 0 ? 0 : length] = '\0';
    slash = strrchr(own, '/');
    if (slash) {
        *slash = '\0';
        if (snprintf(path, size, "%s/%s", own, program) < (int)size && access(path, X_OK) == 0)
            return;
    }
    snprintf(path, size, "%s/%s", VACCEL_LIBEXEC_DIR, program);
}

/* Both go above the fixed numbers first, so that neither overwrites the other. */
static bool set_descriptors(int control, int ledger)
{
    int null = open("/dev/null", O_RDONLY);

    control = fcntl(control, F_DUPFD, LEDGER_FD + 1);
    ledger = fcntl(ledger, F_DUPFD, LEDGER_FD + 1);
    return null >= 0 && control >= 0 && ledger >= 0 && dup2(null, STDIN_FILENO) >= 0 &&
           dup2(control, CONTROL_FD) >= 0 && dup2(ledger, LEDGER_FD) >= 0 &&
           close_range(LEDGER_FD + 1, ~0U, 0) == 0;
}

/*
 * What is for the broker is not for the worker: it gets its plugins from the settings. Temporary files of
 * frameworks go with the worker, which a model may crash while they are there.
 */
static bool set_environment(const char *run_directory)
{
    return setenv("XDG_RUNTIME_DIR", run_directory, 1) == 0 &&
           setenv("TMPDIR", run_directory, 1) == 0 && unsetenv("NOTIFY_SOCKET") == 0 &&
           unsetenv("VACCEL_PLUGINS") == 0;
}

/* A process group of its own: Ctrl-C is for the broker, which ends the worker in good order. */
static void set_signals(void)
{
    sigset_t none;

    setpgid(0, 0);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

_Noreturn void worker_execute(int control, int ledger, const char *run_directory)
{
    char path[PATH_MAX];

    find_program(path, sizeof(path));
    set_signals();
    if (set_descriptors(control, ledger) && set_environment(run_directory))
        execl(path, program, (char *)NULL);
    agent_error("cannot execute %s: %s", path, strerror(errno));
    _exit(NOT_EXECUTED);
}
