/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_SPAWNER_H
#define BROKER_SPAWNER_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * A thread that makes the workers' processes. A child begins with all descriptors of the thread that forks
 * it, and closes them: if it is the last that has one of a stranger's, it waits for as long as he likes
 * (let_go.h) before it becomes a worker. So this thread has a table of descriptors of its own, which is
 * as it was when the broker began, and never sees those of strangers.
 */

/* To be called before there are strangers, and with the signals blocked that the broker reads. False: errno. */
bool spawner_begin(void);

/*
 * Make a child of the broker, which executes the worker (worker_program.h). The caller keeps both
 * descriptors. Only for one thread at a time. Returns its number, or -1 with errno.
 */
pid_t spawner_fork(int control, int ledger, const char *run_directory);

#endif
