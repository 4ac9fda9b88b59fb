/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/machines/troubles.h"
#include "agent/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct log_budget budget = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct trouble *find(struct troubles *troubles, const char *sentence)
{
    size_t i;

    for (i = 0; i < troubles->count; i++)
        if (strcmp(troubles->list[i].sentence, sentence) == 0)
            return &troubles->list[i];
    return NULL;
}

void troubles_tell(struct troubles *troubles, const char *format, ...)
{
    char sentence[TROUBLE_SIZE];
    struct trouble *trouble;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);
    trouble = find(troubles, sentence);
    if (!trouble && (troubles->count == TROUBLES_MOST || !agent_log_allows(&budget)))
        return;
    if (!trouble) {
        trouble = &troubles->list[troubles->count++];
        memcpy(trouble->sentence, sentence, sizeof(sentence));
        agent_warn("%s", sentence);
    }
    trouble->lasts = true;
}

void troubles_sweep(struct troubles *troubles)
{
    size_t kept = 0;
    size_t i;

    for (i = 0; i < troubles->count; i++) {
        if (!troubles->list[i].lasts)
            continue;
        if (kept != i)
            troubles->list[kept] = troubles->list[i];
        troubles->list[kept++].lasts = false;
    }
    troubles->count = kept;
}
