/* SPDX-License-Identifier: Apache-2.0 */
#include "sentences.h"

#include <stdio.h>
#include <string.h>

void sentences_clear(struct sentences *said)
{
    said->length = 0;
    said->text[0] = '\0';
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

static void append(struct sentences *said, char *sentence)
{
    straighten(sentence);
    snprintf(said->text + said->length, sizeof(said->text) - said->length, "%s%s",
             said->length ? "; " : "", sentence);
    said->length += strlen(said->text + said->length);
}

void sentences_report(void *context, const char *format, va_list args)
{
    char sentence[SENTENCES_SIZE];

    vsnprintf(sentence, sizeof(sentence), format, args);
    append(context, sentence);
}

void sentences_add(struct sentences *said, const char *format, ...)
{
    char sentence[SENTENCES_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);
    append(said, sentence);
}

const char *sentences_text(const struct sentences *said)
{
    return said->length ? said->text : "TensorFlow Lite does not say why";
}
