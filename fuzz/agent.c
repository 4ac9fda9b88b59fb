/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A worker whose client sends the input, whatever it is, and then hangs up. Nothing may be left of it.
 */
#include "agent/worker/connection.h"
#include "agent/worker/worker.h"
#include "vaccel.h"

#include <errno.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <unistd.h>

struct worker worker;
static struct ledger ledger;
static sem_t closed;

void worker_tell_closed(unsigned int slot)
{
    (void)slot;
    sem_post(&closed);
}

void worker_tell_fault(void)
{
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    worker.ledger = &ledger;
    worker.settings.limits = (struct limits){
        .connections = 1,
        .sessions = 4,
        .resources = 4,
        .resource_bytes = 1 << 20,
        .held_bytes = 1 << 20,
        .calls = 4,
        .message_bytes = 1 << 20,
        .connection_bytes = 1 << 20,
    };
    worker.settings.timeouts.stall_ms = 1000;
    worker.settings.allow_exec = true;
    sem_init(&closed, 0, 0);
    if (vaccel_plugin_load(NOOP_PLUGIN) != VACCEL_OK)
        abort();
    return 0;
}

/* Answers are read, so that the worker does not wait for room. */
static void converse(int fd, const uint8_t *data, size_t size)
{
    char answers[4096];

    if (send(fd, data, size, MSG_NOSIGNAL) > 0)
        shutdown(fd, SHUT_WR);
    while (recv(fd, answers, sizeof(answers), 0) > 0)
        continue;
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int ends[2];

    if (!size || socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
        return 0;
    connection_begin(ends[0], 0, "fuzzer");
    converse(ends[1], data, size);
    while (sem_wait(&closed) && errno == EINTR) /* by the fuzzer's alarm */
        continue;
    return 0;
}
