/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/goodbye.h"
#include "wire/write.h"

size_t wire_goodbye(void *buf, size_t room, uint32_t status, const char *sentence)
{
    struct wire_writer writer;

    wire_begin(&writer, buf, room, WIRE_GOODBYE, 0);
    if (!writer.full)
        wire_header_of(&writer)->status = status;
    wire_put_sentence(&writer, sentence);
    return wire_end(&writer);
}
