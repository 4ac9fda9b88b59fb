/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/admission.h"
#include "agent/broker/let_go.h"
#include "agent/log.h"
#include "vaccel/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { PAUSE_MS = 500, SENTENCE_SIZE = 256 };

static struct log_budget budget = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void refuse_over_limit(struct admission *admission, int socket, uint32_t most)
{
    char sentence[SENTENCE_SIZE];

    snprintf(
        sentence, sizeof(sentence),
        "the agent has %u connections, which is its limit: connect later, or raise connections "
        "in the [limits] of its configuration",
        most);
    connection_end(socket, VACCEL_EUSERS, sentence);
    let_go(socket);
    if (!admission->limit_is_told && agent_log_allows(&budget))
        agent_warn("refusing connections above %u: raise connections in [limits] if there should "
                   "be more",
                   most);
    admission->limit_is_told = true;
}

static void hand_over(int socket, const char *machine, struct connections *connections,
                      const struct worker *worker)
{
    uint32_t slot = connections_add(connections, socket);
    int error;

    if (worker_give_socket(worker, socket, slot, machine))
        return;
    error = errno;
    if (agent_log_allows(&budget))
        agent_error("cannot hand a connection to the worker: %s", strerror(error));
    connection_end(socket, VACCEL_EAGAIN, "the agent has no worker at this moment: connect again");
    connections_drop(connections, slot);
}

/* What ran out comes back when others end; other errors are of one connection, which is gone. */
static void accept_failed(struct admission *admission)
{
    if (errno != EMFILE && errno != ENFILE && errno != ENOMEM && errno != ENOBUFS)
        return;
    agent_error("cannot accept a connection: %s; waiting %d ms", strerror(errno), PAUSE_MS);
    admission->not_before = moment_now() + PAUSE_MS;
}

void admission_accept(struct admission *admission, int listening, const char *machine,
                      struct connections *connections, const struct worker *worker)
{
    int socket;

    admission->worker_is_busy = !worker_can_take(worker);
    if (admission->worker_is_busy)
        return;
    socket = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    if (socket < 0) {
        accept_failed(admission);
    } else if (connections->count == connections->most) {
        refuse_over_limit(admission, socket, connections->most);
    } else {
        admission->limit_is_told = false;
        hand_over(socket, machine, connections, worker);
    }
}
