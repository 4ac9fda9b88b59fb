/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_RUN_DIRECTORY_H
#define BROKER_RUN_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A directory of the worker's own, below XDG_RUNTIME_DIR, else /run/user/UID, else /tmp. False if
 * none can be made, with the reason logged.
 */
bool run_directory_make(char *path, size_t size);

/*
 * Remove it with all that the worker left there. That takes as long as clients gave it files, and the broker serves
 * others meanwhile. What cannot be removed is logged.
 */
void run_directory_remove(const char *path);

/* Until all are removed that can be. */
void run_directories_wait(void);

#endif
