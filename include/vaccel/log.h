/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_LOG_H
#define VACCEL_LOG_H

#include "utils/enum.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A level shows itself and those above it. */
#define VACCEL_LOG_LEVEL_ENUM_LIST(ITEM) \
    ITEM(ERROR, 1, VACCEL_LOG) \
    ITEM(WARN, 2, VACCEL_LOG) \
    ITEM(INFO, 3, VACCEL_LOG) \
    ITEM(DEBUG, 4, VACCEL_LOG)

VACCEL_ENUM_DEF_WITH_STR_FUNCS(vaccel_log_level, VACCEL_LOG, VACCEL_LOG_LEVEL_ENUM_LIST)

/*
 * The log. For applications and plugins too: vaccel_warn("[mine] %d is odd", number). Arguments
 * are those of printf(), of which a guest without a C library knows %s %c %d %i %u %x %X %p %f %g
 * %e with their flags, widths and sizes. No newline at the end. Any thread may log at any time;
 * lines do not mix. Control characters are shown as \xNN. What is longer than 1000 bytes is cut and
 * then ends in "...". Nothing is formatted for a level that is off.
 *
 * Lines go to stderr, or to the file that the configuration names (see config.h):
 *   2031.12.24-18:30:00.25 - <warn> [mine] 3 is odd
 */
#define vaccel_fatal(...) vaccel_log_message(VACCEL_LOG_ERROR, __VA_ARGS__)
#define vaccel_error(...) vaccel_log_message(VACCEL_LOG_ERROR, __VA_ARGS__)
#define vaccel_warn(...) vaccel_log_message(VACCEL_LOG_WARN, __VA_ARGS__)
#define vaccel_info(...) vaccel_log_message(VACCEL_LOG_INFO, __VA_ARGS__)
#define vaccel_debug(...) vaccel_log_message(VACCEL_LOG_DEBUG, __VA_ARGS__)
#define vaccel_trace(...) vaccel_log_message(VACCEL_LOG_DEBUG, __VA_ARGS__)

/* On one line, since the filter of the Python binding drops it by the line. */
/* clang-format off */
extern void vaccel_log_message(vaccel_log_level_t level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* clang-format on */

/*
 * Take the level and the log file from the configuration in force. Bootstrap does so itself. Before
 * bootstrap errors alone are shown, on stderr.
 * Returns ESESS (library not initialised), ELOOP (called too deep within other calls), ENOMEM,
 * ENAMETOOLONG, or the error of opening the log file; then lines go to stderr.
 */
int vaccel_log_init(void);

/* Close the log file and go back to errors alone, on stderr. Always returns 0. */
int vaccel_log_shutdown(void);

#ifdef __cplusplus
}
#endif

#endif
