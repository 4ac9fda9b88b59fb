/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGE_SIZE = 1024, LINE_SIZE = 1200, ESCAPE_SIZE = 4, LINES_A_SECOND = 10 };

static const char *tag_of(vaccel_log_level_t level)
{
    switch (level) {
    case VACCEL_LOG_ERROR:
        return "error";
    case VACCEL_LOG_WARN:
        return "warn";
    default:
        return "info";
    }
}

static size_t begin_line(char *line, vaccel_log_level_t level)
{
    struct timespec now;
    struct tm parts = {0};
    size_t length;

    clock_gettime(CLOCK_REALTIME, &now);
    localtime_r(&now.tv_sec, &parts);
    length = strftime(line, LINE_SIZE, "%Y.%m.%d-%H:%M:%S", &parts);
    return length + (size_t)snprintf(line + length, LINE_SIZE - length,
                                     ".%02d - <%s> agent: ", (int)(now.tv_nsec / 10000000),
                                     tag_of(level));
}

/* Control characters, also those that UTF-8 has in two bytes. */
static bool steers_terminal(const unsigned char *text)
{
    return text[0] < ' ' || text[0] == 0x7f ||
           (text[0] == 0xc2 && text[1] >= 0x80 && text[1] <= 0x9f);
}

static size_t append_printable(char *line, size_t length, const char *message)
{
    const unsigned char *text = (const unsigned char *)message;

    for (; *text && length < LINE_SIZE - ESCAPE_SIZE - 1; text++) {
        if (steers_terminal(text))
            length += (size_t)snprintf(line + length, ESCAPE_SIZE + 1, "\\x%02x", *text);
        else
            line[length++] = (char)*text;
    }
    return length;
}

void agent_log(vaccel_log_level_t level, const char *format, ...)
{
    int saved = errno;
    char message[MESSAGE_SIZE];
    char line[LINE_SIZE];
    va_list arguments;
    size_t length;

    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    length = append_printable(line, begin_line(line, level), message);
    line[length] = '\n';
    while (write(STDERR_FILENO, line, length + 1) < 0 && errno == EINTR)
        ;
    errno = saved;
}

static unsigned int begin_second(struct log_budget *budget, uint64_t second)
{
    unsigned int left_out = budget->left_out;

    budget->second = second;
    budget->lines = 0;
    budget->left_out = 0;
    return left_out;
}

bool agent_log_allows(struct log_budget *budget)
{
    unsigned int left_out = 0;
    struct timespec now;
    bool allows;

    clock_gettime(CLOCK_MONOTONIC, &now);
    pthread_mutex_lock(&budget->lock);
    if (budget->second != (uint64_t)now.tv_sec)
        left_out = begin_second(budget, (uint64_t)now.tv_sec);
    allows = budget->lines < LINES_A_SECOND;
    budget->lines += allows;
    budget->left_out += !allows;
    pthread_mutex_unlock(&budget->lock);
    if (left_out)
        agent_warn("lines like the next one were left out, as there were too many: %u", left_out);
    return allows;
}
