/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"
#include "platform/hosted/log_lock.h"

#include <pthread.h>

/*
 * A child must not find a lock held by a thread that it does not have. Before a fork what is registered
 * last is called first: the log's comes last, as who has another may log.
 */
__attribute__((constructor(101))) static void watch_forks(void)
{
    pthread_atfork(log_lock_file, log_unlock_file, log_unlock_file);
    pthread_atfork(platform_forking, platform_fork_done, platform_forked);
}
