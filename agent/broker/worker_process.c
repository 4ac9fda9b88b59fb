/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/worker_process.h"
#include "agent/broker/run_directory.h"
#include "agent/broker/worker_program.h"
#include "agent/log.h"
#include "stream/address.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static bool send_packet(const struct worker *worker, const void *data, size_t size)
{
    return send(worker->control, data, size, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)size;
}

static bool send_settings(const struct worker *worker, const struct settings *settings)
{
    const struct control_message message = {.type = CONTROL_SETTINGS};

    return send_packet(worker, &message, sizeof(message)) &&
           send_packet(worker, settings, sizeof(*settings));
}

static bool fork_worker(struct worker *worker, int ledger_fd)
{
    int ends[2];
    int error;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
        return false;
    worker->pid = fork();
    if (worker->pid == 0)
        worker_execute(ends[1], ledger_fd, worker->run_directory);
    error = errno;
    close(ends[1]);
    if (worker->pid > 0) {
        worker->control = ends[0];
        return true;
    }
    close(ends[0]);
    errno = error;
    return false;
}

bool worker_start(struct worker *worker, const struct settings *settings, int ledger_fd)
{
    memset(worker, 0, sizeof(*worker));
    worker->control = -1;
    if (!run_directory_make(worker->run_directory, sizeof(worker->run_directory)))
        return false;
    if (!fork_worker(worker, ledger_fd)) {
        agent_error("cannot start the worker: %s", strerror(errno));
        worker->pid = 0;
        run_directory_remove(worker->run_directory);
        return false;
    }
    /* Without them it would wait for ever. That it ended will be noticed. */
    if (!send_settings(worker, settings)) {
        if (errno != EPIPE)
            agent_error("cannot send the settings to the worker: %s", strerror(errno));
        worker_kill(worker);
    }
    return true;
}

bool worker_receive(struct worker *worker, struct control_message *message)
{
    ssize_t size;

    if (worker->control < 0)
        return false;
    do
        size = recv(worker->control, message, sizeof(*message), MSG_DONTWAIT);
    while (size < 0 && errno == EINTR);
    if (size == (ssize_t)sizeof(*message))
        return true;
    if (size < 0 && errno == EAGAIN)
        return false;
    close(worker->control);
    worker->control = -1;
    return false;
}

bool worker_can_take(const struct worker *worker)
{
    struct pollfd poller = {.fd = worker->control, .events = POLLOUT};

    return poll(&poller, 1, 0) == 1 && poller.revents & POLLOUT;
}

bool worker_give_socket(const struct worker *worker, int socket, uint32_t slot)
{
    struct control_message message = {.type = CONTROL_SOCKET, .slot = slot};
    struct iovec body = {.iov_base = &message, .iov_len = sizeof(message)};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } rights = {0};
    const struct msghdr packet = {.msg_iov = &body,
                                  .msg_iovlen = 1,
                                  .msg_control = &rights,
                                  .msg_controllen = sizeof(rights)};

    address_describe_peer(socket, message.peer, sizeof(message.peer));
    rights.header.cmsg_level = SOL_SOCKET;
    rights.header.cmsg_type = SCM_RIGHTS;
    rights.header.cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(&rights.header), &socket, sizeof(socket));
    return sendmsg(worker->control, &packet, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

bool worker_drain(const struct worker *worker)
{
    const struct control_message message = {.type = CONTROL_DRAIN};

    return send_packet(worker, &message, sizeof(message));
}

void worker_kill(const struct worker *worker)
{
    if (worker->pid)
        kill(worker->pid, SIGKILL);
}

static void describe_end(const siginfo_t *end, char *how, size_t size)
{
    if (end->si_code == CLD_EXITED)
        snprintf(how, size, "ended with status %d", end->si_status);
    else
        snprintf(how, size, "died of signal %d (%s)", end->si_status, strsignal(end->si_status));
}

/* The group is ended before the worker's number is free for others. */
bool worker_ended(const struct worker *worker, char *how, size_t size)
{
    siginfo_t end = {0};

    if (!worker->pid || waitid(P_PID, (id_t)worker->pid, &end, WEXITED | WNOHANG | WNOWAIT) ||
        !end.si_pid)
        return false;
    describe_end(&end, how, size);
    kill(-worker->pid, SIGKILL);
    waitpid(worker->pid, NULL, 0);
    return true;
}

void worker_forget(struct worker *worker)
{
    if (worker->control >= 0)
        close(worker->control);
    run_directory_remove(worker->run_directory);
    memset(worker, 0, sizeof(*worker));
    worker->control = -1;
}
