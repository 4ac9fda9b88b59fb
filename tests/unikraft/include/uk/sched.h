/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_UK_SCHED_H
#define STAND_IN_UK_SCHED_H

#include <uk/thread.h>

void uk_sched_yield(void);
void uk_sched_thread_sleep(__nsec nsec);

#endif
