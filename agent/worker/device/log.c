/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/device/log.h"
#include "agent/control.h"
#include "agent/log.h"

#include <stdarg.h>
#include <stdio.h>

enum { TEXT_SIZE = 512 };

static struct log_budget budget = {.lock = PTHREAD_MUTEX_INITIALIZER};
static char name[PEER_NAME_SIZE] = "virtio device"; /* under the budget's lock */

void device_log_name(const char *of)
{
    pthread_mutex_lock(&budget.lock);
    snprintf(name, sizeof(name), "%s", of);
    pthread_mutex_unlock(&budget.lock);
}

static void write_line(const char *text)
{
    char whose[PEER_NAME_SIZE];

    pthread_mutex_lock(&budget.lock);
    snprintf(whose, sizeof(whose), "%s", name);
    pthread_mutex_unlock(&budget.lock);
    agent_warn("%s: %s", whose, text);
}

void device_log(const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (agent_log_allows(&budget))
        write_line(text);
}
