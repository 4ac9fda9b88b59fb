/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_LOG_H
#define CORE_LOG_H

/* Show lines of @level (a vaccel_log_level_t) and of the levels above it. */
void log_set_level(int level);

/*
 * Take a configuration's level and log file; @file may be NULL. On error, of opening the file,
 * lines go to the console.
 */
int log_start(int level, const char *file);

#endif
