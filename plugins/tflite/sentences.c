/* SPDX-License-Identifier: Apache-2.0 */
#include "sentences.h"

#include <stdio.h>
#include <string.h>

void sentences_clear(struct sentences *said)
{
    said->length = 0;
    said->text[0] = '\0';
}

static void separate(struct sentences *said)
{
    if (said->length == 0 || said->length + 3 > sizeof(said->text))
        return;
    strcpy(said->text + said->length, "; ");
    said->length += 2;
}

/* Sentences end with a line break, and some have one within. */
static void straighten(char *text)
{
    size_t length = strlen(text);
    char *at;

    while (length > 0 && text[length - 1] == '\n')
        text[--length] = '\0';
    for (at = strchr(text, '\n'); at; at = strchr(at, '\n'))
        *at = ' ';
}

void sentences_report(void *context, const char *format, va_list args)
{
    struct sentences *said = context;

    separate(said);
    vsnprintf(said->text + said->length, sizeof(said->text) - said->length, format, args);
    straighten(said->text + said->length);
    said->length += strlen(said->text + said->length);
}

void sentences_add(struct sentences *said, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    sentences_report(said, format, args);
    va_end(args);
}

const char *sentences_text(const struct sentences *said)
{
    return said->length ? said->text : "TensorFlow Lite does not say why";
}
