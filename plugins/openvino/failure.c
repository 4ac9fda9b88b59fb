/* SPDX-License-Identifier: Apache-2.0 */
#include "failure.h"

#include "vaccel.h"

#include <openvino/c/openvino.h>
#include <stdarg.h>

/* Lines with a place in OpenVINO's source tell a user nothing. */
static bool is_place(const char *line)
{
    static const char beginning[] = "Exception from ";

    return !strncmp(line, beginning, sizeof(beginning) - 1);
}

/* Bring what is worth reading of @text onto one line. */
static void join_lines(const char *text, char *line, size_t room)
{
    size_t length = 0;

    line[0] = '\0';
    while (*text && length < room) {
        size_t count = strcspn(text, "\n");

        if (count && !is_place(text))
            length += (size_t)snprintf(line + length, room - length, "%s%.*s", length ? " " : "",
                                       (int)(count < room ? count : room), text);
        text += count + (text[count] == '\n');
    }
}

int failure(int code, const char *format, ...)
{
    const char *text = ov_get_last_err_msg();
    char subject[384];
    char sentence[900];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(subject, sizeof(subject), format, arguments);
    va_end(arguments);
    join_lines(text ? text : "it gives no reason", sentence, sizeof(sentence));
    vaccel_error("[openvino] %s: %s", subject, sentence);
    ov_free(text);
    return code;
}

int no_memory(const char *what)
{
    vaccel_error("[openvino] no memory for %s", what);
    return VACCEL_ENOMEM;
}
