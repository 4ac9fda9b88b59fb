/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLATFORM_HOSTED_LOG_LOCK_H
#define PLATFORM_HOSTED_LOG_LOCK_H

/* Around a fork(): the lock of the log file. */
void log_lock_file(void);
void log_unlock_file(void);

#endif
