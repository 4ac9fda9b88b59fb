/* SPDX-License-Identifier: Apache-2.0 */
#include "server.h"
#include "measure.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 10000, STEP_MS = 5 };

static void pause_shortly(void)
{
    const struct timespec step = {.tv_nsec = STEP_MS * 1000 * 1000};

    nanosleep(&step, NULL);
}

static bool has_ended(struct server *server)
{
    if (server->pid && waitpid(server->pid, NULL, WNOHANG) != 0)
        server->pid = 0;
    return server->pid == 0;
}

bool server_have_patience(struct server *server)
{
    pause_shortly();
    server->waited_ms += STEP_MS;
    return server->waited_ms < PATIENCE_MS && !has_ended(server);
}

void server_stop(struct server *server)
{
    if (!has_ended(server)) {
        kill(server->pid, SIGTERM);
        server->waited_ms = 0;
        while (server_have_patience(server))
            ;
    }
    if (server->pid) {
        kill(server->pid, SIGKILL);
        waitpid(server->pid, NULL, 0);
    }
    address_release(server->address);
}

static _Noreturn void become(const char *const command[], int core, pid_t parent)
{
    stay_on_core(core);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() == parent)
        execv(command[0], (char *const *)command);
    _exit(failed(command[0], errno));
}

int server_start(struct server *server, const char *const command[], int core)
{
    pid_t parent = getpid();
    int ret;

    server->waited_ms = 0;
    server->pid = fork();
    if (server->pid == 0)
        become(command, core, parent);
    if (server->pid > 0)
        return 0;
    ret = errno;
    failed("another process", ret);
    address_release(server->address);
    return ret;
}

static bool listens(const struct server *server)
{
    int fd = address_connect(server->address);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

int server_start_agent(struct server *server, const char *kind, const char *plugin, int core)
{
    const char *const command[] = {AGENT, "--listen", server->address, "--plugins", plugin, NULL};
    int ret = address_new(kind, server->address);

    if (ret == 0)
        ret = server_start(server, command, core);
    if (ret != 0)
        return ret;
    while (!listens(server)) {
        if (!server_have_patience(server)) {
            fprintf(stderr, "%s does not listen at %s\n", AGENT, server->address);
            server_stop(server);
            return ETIMEDOUT;
        }
    }
    return 0;
}

/* Beside the device, in the same folder. */
static void path_beside(const struct server *server, const char *name, char path[ADDRESS_ROOM])
{
    const char *place = address_place(server->address);
    int folder = (int)(strrchr(place, '/') - place);

    snprintf(path, ADDRESS_ROOM, "%.*s/%s", folder, place, name);
}

static int write_settings(const char *path, const char *spin)
{
    FILE *file = fopen(path, "w");

    if (!file)
        return errno;
    fprintf(file, "[device]\nspin_us = %s\n", spin);
    return fclose(file) == 0 ? 0 : errno;
}

static bool device_is_there(const struct server *server)
{
    return access(address_place(server->address), F_OK) == 0;
}

static int start_device(struct server *server, const char *config, const char *plugin, int core)
{
    char listen[ADDRESS_ROOM + sizeof("vhost-user://")];
    const char *const command[] = {AGENT,  "--config",  config, "--listen",
                                   listen, "--plugins", plugin, NULL};
    int ret;

    snprintf(listen, sizeof(listen), "vhost-user://%s", address_place(server->address));
    ret = server_start(server, command, core);
    while (ret == 0 && !device_is_there(server))
        if (!server_have_patience(server))
            ret = ETIMEDOUT;
    return ret;
}

int server_start_device(struct server *server, const char *plugin, const char *spin, int core)
{
    char address[ADDRESS_ROOM], config[ADDRESS_ROOM];
    int ret = address_new("unix", address);

    if (ret != 0)
        return ret;
    snprintf(server->address, sizeof(server->address), "virtio://%s", address_place(address));
    path_beside(server, "agent.toml", config);
    ret = write_settings(config, spin);
    if (ret == 0)
        ret = start_device(server, config, plugin, core);
    unlink(config);
    return ret;
}
