/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include <stddef.h>

/* Show lines of @level (a vaccel_log_level_t) and of the levels above it. */
void log_set_level(int level);

/*
 * Take a configuration's level and log file; @file may be NULL. On error, of opening the file,
 * lines go to the console.
 */
int log_start(int level, const char *file);

/* Where what a thread logs as errors goes instead of the log; NULL: to the log. */
struct log_tap {
    char *text; /* several are joined by "; " and cut to @size bytes with their NUL */
    size_t size;
};

/*
 * For who makes calls in another's name, or has to know what went wrong: set the calling thread's tap. Its
 * text must be an empty string. Returns the one of before, to be set again. Without memory for a thread's
 * marks there is none, and lines go to the log.
 */
struct log_tap log_tap(struct log_tap tap);

#endif
