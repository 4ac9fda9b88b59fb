/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_FAULT_H
#define WORKER_FAULT_H

/*
 * A plugin that can do nothing more in this process (vaccel_plugin_fault()) is of use to nobody: the next worker
 * has another one. Who called it still gets the answer, and the broker tells all others that the worker ended.
 */

/* A request begins; fault_end() follows. Does not return if there was a fault before. */
void fault_begin(void);

/* Before an answer is sent: who hears of the fault, and comes again, is to find the next worker. */
void fault_tell(void);

/* When it is sent. Does not return if there was a fault; other answers have a moment to be sent, too. */
void fault_end(void);

#endif
