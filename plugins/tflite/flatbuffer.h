/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TFLITE_FLATBUFFER_H
#define TFLITE_FLATBUFFER_H

#include <stddef.h>
#include <stdint.h>

/*
 * Reading a FlatBuffer whose offsets have been verified: a table's field is found through the table's list of
 * fields, and what is longer than a number lies elsewhere, at an offset from where the field is.
 */

const uint8_t *flatbuffer_root(const uint8_t *bytes);

/* Numbers of a table; @otherwise if they are absent. */
uint32_t flatbuffer_number(const uint8_t *table, int field, uint32_t otherwise);
uint64_t flatbuffer_long(const uint8_t *table, int field);
uint8_t flatbuffer_byte(const uint8_t *table, int field);

/* A vector, a string or a table of a table; NULL if it is absent. */
const uint8_t *flatbuffer_at(const uint8_t *table, int field);

/* Of a vector, which may be NULL: its length, a number of 32 bits, a table. */
size_t flatbuffer_length(const uint8_t *vector);
int32_t flatbuffer_element(const uint8_t *vector, size_t i);
const uint8_t *flatbuffer_table(const uint8_t *vector, size_t i);

#endif
