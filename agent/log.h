/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENT_LOG_H
#define AGENT_LOG_H

#include "vaccel/log.h"

/*
 * One line to the standard error, as the library writes its own, in one piece. What strangers chose
 * cannot steer a terminal or begin a line.
 */
void agent_log(vaccel_log_level_t level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define agent_error(...) agent_log(VACCEL_LOG_ERROR, __VA_ARGS__)
#define agent_warn(...) agent_log(VACCEL_LOG_WARN, __VA_ARGS__)
#define agent_info(...) agent_log(VACCEL_LOG_INFO, __VA_ARGS__)

#endif
