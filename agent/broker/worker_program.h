/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_WORKER_PROGRAM_H
#define BROKER_WORKER_PROGRAM_H

/*
 * Execute the worker in this process, which was forked for it, with the two descriptors under their
 * fixed numbers and nothing else of the broker's. Does not return.
 */
_Noreturn void worker_execute(int control, int ledger, const char *run_directory);

#endif
