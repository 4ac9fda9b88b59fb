/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log.h"
#include "core/core.h"
#include "core/error_text.h"
#include "core/marks.h"
#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel/config.h"
#include "vaccel/core.h"
#include "vaccel/error.h"
#include "vaccel/log.h"

enum { LINE_SIZE = 1024, LONGEST_ESCAPE = 8 };

static const char cut_mark[] = "...";

static int shown_level = VACCEL_LOG_ERROR;

void log_set_level(int level)
{
    __atomic_store_n(&shown_level, level, __ATOMIC_RELAXED);
}

/* A terminal takes also U+0080 to U+009F for control characters. */
static bool is_wide_control(const unsigned char *text)
{
    return text[0] == 0xc2 && text[1] >= 0x80 && text[1] <= 0x9f;
}

static bool is_control(unsigned char byte)
{
    return (byte < ' ' && byte != '\t') || byte == 0x7f;
}

static size_t escape(char *to, unsigned char byte)
{
    static const char digits[] = "0123456789abcdef";

    to[0] = '\\';
    to[1] = 'x';
    to[2] = digits[byte >> 4];
    to[3] = digits[byte & 15];
    return 4;
}

/* Copy what may be a stranger's text so that it cannot steer a terminal or begin a line of its own.
 */
static void make_printable(char *line, const char *message)
{
    const unsigned char *text = (const unsigned char *)message;
    size_t length = 0;

    for (; *text; text++) {
        if (length > LINE_SIZE - sizeof(cut_mark) - LONGEST_ESCAPE) {
            memcpy(line + length, cut_mark, sizeof(cut_mark));
            return;
        }
        if (is_wide_control(text)) {
            length += escape(line + length, *text++);
            length += escape(line + length, *text);
        } else if (is_control(*text)) {
            length += escape(line + length, *text);
        } else {
            line[length++] = (char)*text;
        }
    }
    line[length] = '\0';
}

/* Programs written for vAccel 0.8 may end their message with a newline. */
static void drop_newlines(char *message)
{
    size_t length = text_length(message);

    while (length && message[length - 1] == '\n')
        message[--length] = '\0';
}

struct log_tap log_tap(struct log_tap tap)
{
    struct thread_marks *thread = platform_thread_pointer;
    struct log_tap before = {NULL, 0};

    if (!thread)
        thread = marks_attach();
    if (!thread)
        return before;
    before = thread->tap;
    thread->tap = tap;
    return before;
}

static const struct log_tap *tap_of_thread(int level)
{
    const struct thread_marks *thread = platform_thread_pointer;

    return level == VACCEL_LOG_ERROR && thread && thread->tap.text ? &thread->tap : NULL;
}

static void write_to_tap(const struct log_tap *tap, const char *line)
{
    size_t length = text_length(tap->text);

    text_format(tap->text + length, tap->size - length, "%s%s", length ? "; " : "", line);
}

void vaccel_log_message(vaccel_log_level_t level, const char *format, ...)
{
    char message[LINE_SIZE];
    char line[LINE_SIZE];
    const struct log_tap *tap;
    va_list arguments;

    if ((int)level > __atomic_load_n(&shown_level, __ATOMIC_RELAXED) || !format)
        return;
    message[0] = '\0';
    va_start(arguments, format);
    platform_format(message, sizeof(message), format, arguments);
    va_end(arguments);
    drop_newlines(message);
    make_printable(line, message);
    tap = tap_of_thread((int)level);
    if (tap)
        write_to_tap(tap, line);
    else
        platform_log((int)level, line);
}

int log_start(int level, const char *file)
{
    int error;

    log_set_level(level);
    error = platform_log_open(file);
    if (error)
        vaccel_error(
            "cannot write the log to %s-<date>.log: %s; name a file whose directory can be written",
            file, error_text(error));
    return error;
}

int vaccel_log_init(void)
{
    int ret = core_enter();

    if (ret != VACCEL_OK)
        return ret == VACCEL_EPERM ? VACCEL_ESESS : ret;
    ret = log_start((int)core_config()->log_level, core_config()->log_file);
    core_leave();
    return ret;
}

int vaccel_log_shutdown(void)
{
    log_set_level(VACCEL_LOG_ERROR);
    platform_log_open(NULL);
    return VACCEL_OK;
}
