/* SPDX-License-Identifier: Apache-2.0 */
#include "agent.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

enum { OPTIONS_MAX = 32, TICK_MS = 20, TICKS_AT_MOST = 10 * 1000 / TICK_MS };

union any_address {
    struct sockaddr any;
    struct sockaddr_un local;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    struct sockaddr_vm vm;
};

static bool begins(const char *text, const char *with)
{
    return !strncmp(text, with, strlen(with));
}

static bool is_hybrid(const char *address)
{
    return begins(address, "hybrid-vsock://");
}

static bool is_path(const char *address)
{
    return begins(address, "unix://") || begins(address, "virtio://") || is_hybrid(address);
}

/* The socket address on this machine that an address of the agent means. Returns its size. */
static socklen_t parse(const char *text, union any_address *address)
{
    unsigned int port = strrchr(text, ':') ? (unsigned int)atoi(strrchr(text, ':') + 1) : 0;

    memset(address, 0, sizeof(*address));
    if (is_path(text)) {
        address->local.sun_family = AF_UNIX;
        snprintf(address->local.sun_path, sizeof(address->local.sun_path), "%.*s",
                 (int)strcspn(strstr(text, "//") + 2, "?"), strstr(text, "//") + 2);
        return sizeof(address->local);
    }
    if (begins(text, "vsock://")) {
        address->vm.svm_family = AF_VSOCK;
        address->vm.svm_cid = VMADDR_CID_LOCAL;
        address->vm.svm_port = port ? port : VMADDR_PORT_ANY;
        return sizeof(address->vm);
    }
    if (begins(text, "tcp://[")) {
        address->six.sin6_family = AF_INET6;
        address->six.sin6_addr = in6addr_loopback;
        address->six.sin6_port = htons((uint16_t)port);
        return sizeof(address->six);
    }
    address->four.sin_family = AF_INET;
    address->four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address->four.sin_port = htons((uint16_t)port);
    return sizeof(address->four);
}

static unsigned int port_of(const union any_address *address)
{
    switch (address->any.sa_family) {
    case AF_VSOCK:
        return address->vm.svm_port;
    case AF_INET6:
        return ntohs(address->six.sin6_port);
    default:
        return ntohs(address->four.sin_port);
    }
}

static bool connects(const union any_address *address, socklen_t size)
{
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool connected = fd >= 0 && connect(fd, &address->any, size) == 0;

    if (fd >= 0)
        close(fd);
    return connected;
}

/* Bind and listen at a port that the kernel chooses, and connect to it. Returns the port or 0. */
static unsigned int try_port(const char *pattern)
{
    union any_address address;
    socklen_t size = parse(pattern, &address);
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unsigned int port = 0;

    if (fd >= 0 && !bind(fd, &address.any, size) && !listen(fd, 1) &&
        !getsockname(fd, &address.any, &size) && connects(&address, size))
        port = port_of(&address);
    if (fd >= 0)
        close(fd);
    return port;
}

const char *agent_cannot(const char *pattern)
{
    if (is_path(pattern) || try_port(pattern))
        return NULL;
    if (begins(pattern, "vsock://"))
        return "the kernel has no vsock loopback (module vsock_loopback)";
    return "this machine has no such address";
}

static bool make_address(struct agent *agent, const char *pattern)
{
    const char *star = strchr(pattern, '*');
    int before = star ? (int)(star - pattern) : (int)strlen(pattern);

    strcpy(agent->directory, "/tmp/vaccel-agent-XXXXXX");
    if (!mkdtemp(agent->directory))
        return false;
    if (!star)
        snprintf(agent->address, sizeof(agent->address), "%s", pattern);
    else if (is_path(pattern))
        snprintf(agent->address, sizeof(agent->address), "%.*s%s/socket%s", before, pattern,
                 agent->directory, star + 1);
    else
        snprintf(agent->address, sizeof(agent->address), "%.*s%u", before, pattern,
                 try_port(pattern));
    return true;
}

/* Where the agent listens for what connects to its address. */
static void name_listener(const struct agent *agent, char *address, size_t size)
{
    if (begins(agent->address, "virtio://"))
        snprintf(address, size, "vhost-user://%s", agent->address + strlen("virtio://"));
    else if (is_hybrid(agent->address))
        snprintf(address, size, "hybrid-vsock://%s/*/vm.sock%s", agent->directory,
                 strchr(agent->address, '?'));
    else
        snprintf(address, size, "%s", agent->address);
}

/* In the child. It ends with the thread that made it. */
static void become_agent(const struct agent *agent, const char *const *options)
{
    char address[sizeof(agent->address) + 16];
    const char *words[OPTIONS_MAX + 4] = {AGENT, "--listen", address};

    name_listener(agent, address, sizeof(address));
    for (size_t i = 0; options[i] && i < OPTIONS_MAX; i++)
        words[3 + i] = options[i];
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    execv(AGENT, (char *const *)words);
    perror(AGENT);
    _exit(127);
}

static void name_machine(const struct agent *agent, const char *file, char *path, size_t size)
{
    snprintf(path, size, "%s/machine%s", agent->directory, file);
}

/* The guest's side is the address at which the test is a client. */
static void become_vmm(const struct agent *agent)
{
    char host[128], guest[128];

    name_machine(agent, "/vm.sock", host, sizeof(host));
    snprintf(guest, sizeof(guest), "%s/socket", agent->directory);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    execl(PYTHON, PYTHON, VMM, host, guest, (char *)NULL);
    perror(PYTHON);
    _exit(127);
}

static void start_vmm(struct agent *agent)
{
    char directory[128];

    if (!is_hybrid(agent->address))
        return;
    name_machine(agent, "", directory, sizeof(directory));
    mkdir(directory, 0700);
    agent->vmm = fork();
    if (agent->vmm == 0)
        become_vmm(agent);
}

static void stop_vmm(struct agent *agent)
{
    char directory[128];

    if (agent->vmm <= 0)
        return;
    kill(agent->vmm, SIGTERM);
    waitpid(agent->vmm, NULL, 0);
    name_machine(agent, "", directory, sizeof(directory));
    rmdir(directory);
}

/* False: it ended. */
static bool still_runs(struct agent *agent, int *status)
{
    if (agent->pid > 0 && waitpid(agent->pid, status, WNOHANG) == 0)
        return true;
    agent->pid = -1;
    return false;
}

static bool wait_until_it_listens(struct agent *agent)
{
    union any_address address;
    socklen_t size = parse(agent->address, &address);
    int status = 0;

    for (int i = 0; i < TICKS_AT_MOST && still_runs(agent, &status); i++) {
        if (connects(&address, size))
            return true;
        poll(NULL, 0, TICK_MS);
    }
    fprintf(stderr, "%s does not listen at %s (wait status 0x%x)\n", AGENT, agent->address, status);
    return false;
}

int agent_start(struct agent *agent, const char *pattern, const char *const *options)
{
    *agent = (struct agent){.pid = -1};
    if (!make_address(agent, pattern)) {
        perror("a directory for the agent");
        return -1;
    }
    start_vmm(agent);
    agent->pid = fork();
    if (agent->pid == 0)
        become_agent(agent, options);
    if (wait_until_it_listens(agent))
        return 0;
    agent_stop(agent);
    return -1;
}

static void remove_directory(const struct agent *agent)
{
    char socket_path[128];

    snprintf(socket_path, sizeof(socket_path), "%s/socket", agent->directory);
    unlink(socket_path);
    rmdir(agent->directory);
}

int agent_stop(struct agent *agent)
{
    pid_t pid = agent->pid;
    int status = -1;

    if (pid > 0)
        kill(pid, SIGTERM);
    for (int i = 0; i < TICKS_AT_MOST && still_runs(agent, &status); i++)
        poll(NULL, 0, TICK_MS);
    if (agent->pid > 0) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
        agent->pid = -1;
    }
    stop_vmm(agent);
    remove_directory(agent);
    if (status)
        fprintf(stderr, "%s ended with wait status 0x%x\n", AGENT, status);
    return status ? -1 : 0;
}
