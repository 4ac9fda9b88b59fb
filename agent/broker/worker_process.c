/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/worker_process.h"
#include "agent/broker/let_go.h"
#include "agent/broker/run_directory.h"
#include "agent/broker/spawner.h"
#include "agent/log.h"
#include "agent/packet.h"
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
    struct control_message message = {.type = CONTROL_SETTINGS, .slot = worker->generation};

    if (worker->device)
        snprintf(message.peer, sizeof(message.peer), "%s", worker->device);
    return send_packet(worker, &message, sizeof(message)) &&
           send_packet(worker, settings, sizeof(*settings));
}

static bool make_process(struct worker *worker, int ledger_fd)
{
    int ends[2];
    int error;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
        return false;
    worker->pid = spawner_fork(ends[1], ledger_fd, worker->run_directory);
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

bool worker_start(struct worker *worker, const struct settings *settings, int ledger_fd,
                  const char *device, uint32_t generation)
{
    memset(worker, 0, sizeof(*worker));
    worker->control = -1;
    worker->device = device;
    worker->generation = generation;
    if (!run_directory_make(worker->run_directory, sizeof(worker->run_directory)))
        return false;
    if (!make_process(worker, ledger_fd)) {
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

static void let_go_all(const int *fds, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (fds[i] >= 0)
            let_go(fds[i]);
}

/* It sends no descriptors, unless it was taken over. */
bool worker_receive(struct worker *worker, struct control_message *message)
{
    int fds[PACKET_FDS_MOST];
    bool has_come;
    bool may_come;

    if (worker->control < 0)
        return false;
    has_come = packet_receive(worker->control, MSG_DONTWAIT, message, sizeof(*message), fds,
                              PACKET_FDS_MOST);
    may_come = has_come || errno == EAGAIN;
    let_go_all(fds, PACKET_FDS_MOST);
    if (!may_come) {
        let_go(worker->control);
        worker->control = -1;
    }
    return has_come;
}

bool worker_can_take(const struct worker *worker)
{
    struct pollfd poller = {.fd = worker->control, .events = POLLOUT};

    return poll(&poller, 1, 0) == 1 && poller.revents & POLLOUT;
}

/* The VMM connects for its machine; it may belong to the same user as others. */
static void describe_peer(int socket, const char *machine, char *peer, size_t size)
{
    char process[64]; /* it is of a unix socket */

    if (!machine) {
        address_describe_peer(socket, peer, size);
        return;
    }
    address_describe_peer(socket, process, sizeof(process));
    snprintf(peer, size, "machine %.160s (%s)", machine, process);
}

bool worker_give_socket(const struct worker *worker, int socket, uint32_t slot, const char *machine)
{
    struct control_message message = {.type = CONTROL_SOCKET, .slot = slot};

    describe_peer(socket, machine, message.peer, sizeof(message.peer));
    return packet_send(worker->control, &message, sizeof(message), &socket, 1);
}

bool worker_give_device(const struct worker *worker, const char *peer,
                        const struct device_state *state, const int *fds, size_t nr_fds,
                        bool *header_is_sent)
{
    struct control_message message = {.type = CONTROL_DEVICE};

    snprintf(message.peer, sizeof(message.peer), "%s: %s", worker->device, peer);
    if (!*header_is_sent)
        *header_is_sent = send_packet(worker, &message, sizeof(message));
    if (!*header_is_sent || !packet_send(worker->control, state, sizeof(*state), fds, nr_fds))
        return false;
    *header_is_sent = false;
    return true;
}

bool worker_stop_device(const struct worker *worker)
{
    const struct control_message message = {.type = CONTROL_DEVICE_STOP};

    return send_packet(worker, &message, sizeof(message));
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

/* It said so, and was killed if it did not end by itself in time. */
static bool is_faulty(const struct worker *worker, const siginfo_t *end)
{
    return end->si_code == CLD_EXITED ? end->si_status == WORKER_FAULTY
                                      : worker->is_leaving && end->si_status == SIGKILL;
}

static void describe_end(const struct worker *worker, const siginfo_t *end, char *how, size_t size)
{
    if (worker->device && end->si_code == CLD_EXITED && end->si_status == WORKER_OVERDUE)
        snprintf(how, size, "ended with a call that could not be ended otherwise");
    else if (is_faulty(worker, end))
        snprintf(how, size, "ended, as a plugin in it can do nothing more");
    else if (end->si_code == CLD_EXITED)
        snprintf(how, size, "ended with status %d", end->si_status);
    else
        snprintf(how, size, "died of signal %d (%s)", end->si_status, strsignal(end->si_status));
}

bool worker_ended(struct worker *worker, char *how, size_t size)
{
    siginfo_t end = {0};

    if (!worker->pid || waitid(P_PID, (id_t)worker->pid, &end, WEXITED | WNOHANG | WNOWAIT) ||
        !end.si_pid)
        return false;
    worker->lost_memory = end.si_code != CLD_EXITED && end.si_status == SIGBUS;
    describe_end(worker, &end, how, size);
    return true;
}

void worker_forget(struct worker *worker)
{
    if (worker->control >= 0)
        let_go(worker->control);
    /* Before the worker's number is free for others. */
    kill(-worker->pid, SIGKILL);
    waitpid(worker->pid, NULL, 0);
    run_directory_remove(worker->run_directory);
    memset(worker, 0, sizeof(*worker));
    worker->control = -1;
}
