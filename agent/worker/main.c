/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/log.h"
#include "agent/worker/connection.h"
#include "agent/worker/control.h"
#include "agent/worker/worker.h"
#include "platform/platform.h"
#include "vaccel.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* vaccel-worker: runs the plugins for the clients that the broker hands over. */

enum { TICK_MS = 100, DRAIN_TICK_MS = 5 };

struct worker worker;

void worker_tell_closed(unsigned int slot)
{
    const struct control_message message = {.type = CONTROL_CLOSED, .slot = slot};

    control_send(&message);
}

void worker_tell_fault(void)
{
    const struct control_message message = {.type = CONTROL_FAULT};

    control_send(&message);
}

/* *@first  which kind of worker this is */
static bool receive_settings(struct control_message *first)
{
    int none;

    if (!control_receive(first, sizeof(*first), &none, 1) || first->type != CONTROL_SETTINGS)
        return false;
    first->peer[sizeof(first->peer) - 1] = '\0';
    return control_receive(&worker.settings, sizeof(worker.settings), &none, 1);
}

/* What a plugin executes has no use for it, and would hold the broker's socket open. */
static bool keep_descriptors(void)
{
    return fcntl(CONTROL_FD, F_SETFD, FD_CLOEXEC) == 0 &&
           fcntl(LEDGER_FD, F_SETFD, FD_CLOEXEC) == 0;
}

static bool map_ledger(void)
{
    worker.ledger =
        mmap(NULL, sizeof(struct ledger), PROT_READ | PROT_WRITE, MAP_SHARED, LEDGER_FD, 0);
    return worker.ledger != MAP_FAILED;
}

static bool calls_run_at(uint64_t deadline)
{
    const struct timespec pause = {.tv_nsec = DRAIN_TICK_MS * 1000000};

    while (connections_running() && monotonic_ms() < deadline)
        nanosleep(&pause, NULL);
    return connections_running();
}

/* A plugin that hangs is in use: the process ends around it, without a word to the library. */
static int end(int status)
{
    if (connections_wait())
        return status;
    _exit(status);
}

/* What runs may end, within its time. */
static int drain(void)
{
    atomic_store(&worker.draining, true);
    if (calls_run_at(monotonic_ms() + worker.settings.timeouts.drain_ms)) {
        agent_warn("the time to finish (setting drain_ms) is over, and calls that still run are "
                   "cut off: %u",
                   connections_running());
        connections_say_goodbye(VACCEL_EAGAIN,
                                "the agent is shut down, and the call took too long");
        _exit(EXIT_SUCCESS);
    }
    connections_say_goodbye(VACCEL_EAGAIN, "the agent is shut down");
    return end(EXIT_SUCCESS);
}

/* Without a broker nobody would notice that the worker dies. */
static int end_without_broker(void)
{
    agent_error("the broker is gone: the worker ends too");
    connections_say_goodbye(VACCEL_EREMOTEIO,
                            "the agent's broker died: begin a new session when it is back");
    connections_wait();
    platform_directory_remove(getenv("XDG_RUNTIME_DIR"));
    return end(EXIT_FAILURE);
}

static bool wait_for_broker(void)
{
    struct pollfd control = {.fd = CONTROL_FD, .events = POLLIN};
    bool expiring = connections_expire(monotonic_ms(), worker.settings.timeouts.hello_ms);

    return poll(&control, 1, expiring ? TICK_MS : -1) > 0;
}

/* Without the socket if no descriptor was free for it: then the broker closes its own. */
static void take_connection(int fd, const struct control_message *message)
{
    if (fd >= 0 && message->slot < CONNECTIONS_MOST) {
        connection_begin(fd, message->slot, message->peer);
        return;
    }
    connection_log_refused(message->peer, "no descriptor for one more connection: raise "
                                          "LimitNOFILE or ulimit -n");
    worker_tell_closed(message->slot);
}

static int serve(void)
{
    struct control_message message;
    int fd;

    for (;;) {
        if (!wait_for_broker())
            continue;
        if (!control_receive(&message, sizeof(message), &fd, 1))
            return end_without_broker();
        message.peer[sizeof(message.peer) - 1] = '\0';
        if (message.type == CONTROL_SOCKET)
            take_connection(fd, &message);
        else if (message.type == CONTROL_DRAIN)
            return drain();
        else if (fd >= 0)
            close(fd);
    }
}

static int serve_sockets(void)
{
    const struct control_message ready = {.type = CONTROL_READY};

    if (!map_ledger())
        return EXIT_FAILURE;
    if (!vaccel_is_initialized() && vaccel_bootstrap() != VACCEL_OK)
        return EXIT_FAILURE;
    if (vaccel_plugin_parse_and_load(worker.settings.plugins) != VACCEL_OK)
        return EXIT_FAILURE;
    control_send(&ready);
    return serve();
}

int main(void)
{
    struct control_message first;

    signal(SIGPIPE, SIG_IGN);
    /* From the kernel, to a worker that is stopped while its broker dies: it has to end in good order. */
    signal(SIGHUP, SIG_IGN);
    if (!receive_settings(&first) || !keep_descriptors()) {
        agent_error("vaccel-worker is started by vaccel-agent, not by hand");
        return EXIT_FAILURE;
    }
    return first.slot ? device_main(first.slot, first.peer) : serve_sockets();
}
