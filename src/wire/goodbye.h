/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRE_GOODBYE_H
#define WIRE_GOODBYE_H

#include <stddef.h>
#include <stdint.h>

enum { WIRE_GOODBYE_ROOM = 1024 }; /* bytes that hold any goodbye */

/*
 * Compose a whole goodbye.
 * @buf       @room bytes, at a multiple of 8
 * @status    a VACCEL_E code
 * @sentence  why; cut if it is too long for a message
 * Returns its size; 0 if there is too little room.
 */
size_t wire_goodbye(void *buf, size_t room, uint32_t status, const char *sentence);

#endif
