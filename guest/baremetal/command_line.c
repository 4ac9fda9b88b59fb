/* SPDX-License-Identifier: Apache-2.0 */
#include "command_line.h"

#include <stdbool.h>
#include <string.h>

static const char device_word[] = "virtio_mmio.device=";
static const char no_pci_word[] = "pci=off";

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Cut off the word that @text begins with, and unquote it. *@end  where to go on */
static char *cut_word(char *text, char **end)
{
    char *word = text;
    char *to = text;
    bool is_quoted = false;

    for (; *text && (is_quoted || !is_blank(*text)); text++) {
        if (*text == '"') {
            is_quoted = !is_quoted;
            continue;
        }
        if (is_quoted && *text == '\\' && (text[1] == '"' || text[1] == '\\'))
            text++;
        *to++ = *text;
    }
    *end = *text ? text + 1 : text;
    *to = '\0';
    return word;
}

static bool is_assignment(const char *word)
{
    const char *c = word;

    while ((*c >= 'A' && *c <= 'Z') || *c == '_' || (c != word && *c >= '0' && *c <= '9'))
        c++;
    return *c == '=' && c != word;
}

/* @is_environment  whether assignments still are variables */
static bool add_word(struct command_line *line, char *word, bool *is_environment)
{
    if (!strncmp(word, device_word, sizeof(device_word) - 1)) {
        line->devices[line->nr_devices++] = word + sizeof(device_word) - 1;
        return line->nr_devices < COMMAND_LINE_WORDS_MOST;
    }
    if (strcmp(word, no_pci_word) == 0)
        return true;
    if (*is_environment && is_assignment(word)) {
        line->environment[line->nr_environment++] = word;
        return line->nr_environment < COMMAND_LINE_WORDS_MOST;
    }
    if (!*is_environment || strcmp(word, "--") != 0)
        line->argv[line->argc++] = word;
    *is_environment = false;
    return line->argc <= COMMAND_LINE_WORDS_MOST;
}

int command_line_split(struct command_line *line, char *text)
{
    static char name[] = "vaccel";
    bool is_environment = true;
    bool fits = true;

    *line = (struct command_line){.argc = 1, .argv = {name}};
    for (;;) {
        while (is_blank(*text))
            text++;
        if (!*text || !fits)
            return fits ? 0 : -1;
        fits = add_word(line, cut_word(text, &text), &is_environment);
    }
}

const char *command_line_variable(const struct command_line *line, const char *name)
{
    size_t length = strlen(name);
    size_t i;

    for (i = line->nr_environment; i; i--)
        if (!strncmp(line->environment[i - 1], name, length) &&
            line->environment[i - 1][length] == '=')
            return line->environment[i - 1] + length + 1;
    return NULL;
}
