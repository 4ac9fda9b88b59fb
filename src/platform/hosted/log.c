/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"
#include "platform/hosted/error_code.h"
#include "platform/hosted/log_lock.h"
#include "vaccel/error.h"
#include "vaccel/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE_SIZE = 1200, DATED_SUFFIX_SIZE = 32 };

static struct {
    struct platform_mutex lock;
    bool in_use;
    char base[PATH_MAX]; /* the file's path without date */
    int descriptor;
    int day; /* of the year */
} file;

void log_lock_file(void)
{
    platform_lock(&file.lock);
}

void log_unlock_file(void)
{
    platform_unlock(&file.lock);
}

static struct tm local_time(const struct timespec *now)
{
    struct tm parts = {0};

    localtime_r(&now->tv_sec, &parts);
    return parts;
}

static const char *tag_of(int level)
{
    switch (level) {
    case VACCEL_LOG_WARN:
        return "warn";
    case VACCEL_LOG_INFO:
        return "info";
    case VACCEL_LOG_DEBUG:
        return "debug";
    default:
        return "error";
    }
}

static const char *colour_of(int level)
{
    switch (level) {
    case VACCEL_LOG_WARN:
        return "\033[33m";
    case VACCEL_LOG_INFO:
        return "\033[32m";
    case VACCEL_LOG_DEBUG:
        return "\033[34m";
    default:
        return "\033[31m";
    }
}

static size_t compose(char *line, int level, const char *message, bool coloured)
{
    struct timespec now;
    struct tm parts;
    int length;

    clock_gettime(CLOCK_REALTIME, &now);
    parts = local_time(&now);
    length =
        snprintf(line, LINE_SIZE, "%04d.%02d.%02d-%02d:%02d:%02d.%02d - %s<%s>%s %s",
                 parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
                 parts.tm_sec, (int)(now.tv_nsec / 10000000), coloured ? colour_of(level) : "",
                 tag_of(level), coloured ? "\033[0m" : "", message);
    if (length > LINE_SIZE - 2)
        length = LINE_SIZE - 2;
    line[length] = '\n';
    return (size_t)length + 1;
}

/* In one piece, so that the lines of several threads or processes do not mix. */
static bool write_line(int descriptor, const char *line, size_t length)
{
    ssize_t written;

    do
        written = write(descriptor, line, length);
    while (written < 0 && errno == EINTR);
    return written == (ssize_t)length;
}

static int open_of_today(const struct tm *today)
{
    char path[PATH_MAX + DATED_SUFFIX_SIZE];

    snprintf(path, sizeof(path), "%s-%04d-%02d-%02d.log", file.base, today->tm_year + 1900,
             today->tm_mon + 1, today->tm_mday);
    return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
}

/* Begin a new day's file. If that fails the old one goes on. */
static void change_file_at_midnight(void)
{
    struct timespec now;
    struct tm today;
    int descriptor;

    clock_gettime(CLOCK_REALTIME, &now);
    today = local_time(&now);
    if (today.tm_yday == file.day)
        return;
    descriptor = open_of_today(&today);
    if (descriptor < 0)
        return;
    close(file.descriptor);
    file.descriptor = descriptor;
    file.day = today.tm_yday;
}

static bool write_to_file(int level, const char *message)
{
    char line[LINE_SIZE];
    bool written = false;

    log_lock_file();
    if (file.in_use) {
        change_file_at_midnight();
        written = write_line(file.descriptor, line, compose(line, level, message, false));
    }
    log_unlock_file();
    return written;
}

static void write_to_console(int level, const char *message)
{
    char line[LINE_SIZE];

    write_line(STDERR_FILENO, line, compose(line, level, message, isatty(STDERR_FILENO)));
}

void platform_log(int level, const char *line)
{
    int saved = errno;

    if (!write_to_file(level, line))
        write_to_console(level, line);
    errno = saved;
}

/* The directory counts in which the log begins, not one that the program changes to later. */
static int set_base(const char *name)
{
    char directory[PATH_MAX] = ".";
    int length;

    if (name[0] != '/' && !getcwd(directory, sizeof(directory)))
        return hosted_error_code(errno);
    length = name[0] == '/' ? snprintf(file.base, sizeof(file.base), "%s", name)
                            : snprintf(file.base, sizeof(file.base), "%s/%s", directory, name);
    return length >= (int)sizeof(file.base) ? VACCEL_ENAMETOOLONG : VACCEL_OK;
}

static int open_file(const char *name)
{
    struct timespec now;
    struct tm today;
    int error = set_base(name);

    if (error)
        return error;
    clock_gettime(CLOCK_REALTIME, &now);
    today = local_time(&now);
    file.descriptor = open_of_today(&today);
    if (file.descriptor < 0)
        return hosted_error_code(errno);
    file.day = today.tm_yday;
    file.in_use = true;
    return VACCEL_OK;
}

static bool is_console(const char *name)
{
    return !name || !name[0] || !strcmp(name, "/dev/stderr") || !strcmp(name, "/dev/stdout");
}

int platform_log_open(const char *name)
{
    int error;

    log_lock_file();
    if (file.in_use)
        close(file.descriptor);
    file.in_use = false;
    error = is_console(name) ? VACCEL_OK : open_file(name);
    log_unlock_file();
    return error;
}
