/* SPDX-License-Identifier: Apache-2.0 */
#include "schema.h"

#include "flatbuffer.h"

enum { CODE_OLD = 0, CODE_NEW = 3 };

/* Codes below 127 once were a byte. */
uint32_t schema_code(const uint8_t *codes, uint32_t code)
{
    const uint8_t *table = flatbuffer_table(codes, code);
    const uint32_t number = flatbuffer_number(table, CODE_NEW, 0);

    return number ? number : flatbuffer_byte(table, CODE_OLD);
}
