/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLATFORM_HOSTED_LOG_TAP_H
#define PLATFORM_HOSTED_LOG_TAP_H

#include <stddef.h>

/*
 * For who makes calls in another's name: what the calling thread logs as errors from now on goes to
 * @text instead of the log, several joined by "; ", cut to @size bytes with their NUL. NULL: to the log
 * again. @text must be an empty string.
 */
void platform_log_tap(char *text, size_t size);

#endif
