/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/goodbye.h"
#include "agent/worker/device/chain.h"
#include "agent/worker/text.h"

#include <stdio.h>

uint32_t chain_say_goodbye(struct chain *chain, uint32_t answer_size, int status,
                           const char *sentence)
{
    unsigned char buf[WIRE_GOODBYE_ROOM] __attribute__((aligned(WIRE_ALIGN)));
    uint64_t room = chain->write.size < answer_size ? chain->write.size : answer_size;
    char text[WIRE_MESSAGE_MAX + 1];
    size_t size;

    if (room < WIRE_HEADER_SIZE)
        return 0;
    snprintf(text, sizeof(text), "%s", sentence);
    text_cut(text, room - WIRE_HEADER_SIZE);
    size = wire_goodbye(buf, sizeof(buf), (uint32_t)status, text);
    return chain_copy_in(&chain->write, 0, buf, size) ? (uint32_t)size : 0;
}
