/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENT_LOG_H
#define AGENT_LOG_H

#include "vaccel/log.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * One line to the standard error, as the library writes its own, in one piece. What strangers chose
 * cannot steer a terminal or begin a line.
 */
void agent_log(vaccel_log_level_t level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * For what strangers can cause at will: a few lines a second, and then how many were left out. One for
 * each kind of event; its lock is made as any.
 */
struct log_budget {
    pthread_mutex_t lock;
    uint64_t second; /* which one is being counted */
    unsigned int lines;
    unsigned int left_out;
};

/* Whether a line may be written; counts it. */
bool agent_log_allows(struct log_budget *budget);

#define agent_error(...) agent_log(VACCEL_LOG_ERROR, __VA_ARGS__)
#define agent_warn(...) agent_log(VACCEL_LOG_WARN, __VA_ARGS__)
#define agent_info(...) agent_log(VACCEL_LOG_INFO, __VA_ARGS__)

#endif
