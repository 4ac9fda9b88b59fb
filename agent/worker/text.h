/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_TEXT_H
#define WORKER_TEXT_H

#include "wire/wire.h"

#include <string.h>

/* Cut @text so that it fits as a field into @room bytes of a message, at the end of a character. */
static inline void text_cut(char *text, size_t room)
{
    size_t most = room < sizeof(struct wire_field) ? 0 : room - sizeof(struct wire_field);

    most = most / WIRE_ALIGN * WIRE_ALIGN;
    if (strlen(text) <= most)
        return;
    while (most && ((unsigned char)text[most] & 0xc0) == 0x80)
        most--;
    text[most] = '\0';
}

#endif
