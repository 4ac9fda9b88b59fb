/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TFLITE_SCHEMA_H
#define TFLITE_SCHEMA_H

#include <stdint.h>

/* The fields of a model that are looked at, by their numbers in the schema. */
enum { MODEL_OPERATOR_CODES = 1, MODEL_SUBGRAPHS = 2, MODEL_BUFFERS = 4, MODEL_SIGNATURES = 7 };
enum { SUBGRAPH_TENSORS = 0, SUBGRAPH_INPUTS = 1, SUBGRAPH_OUTPUTS = 2, SUBGRAPH_OPERATORS = 3 };
enum {
    OPERATOR_CODE = 0,
    OPERATOR_INPUTS = 1,
    OPERATOR_OUTPUTS = 2,
    OPERATOR_OPTIONS_TYPE = 3,
    OPERATOR_OPTIONS = 4,
    OPERATOR_INTERMEDIATES = 8,
    OPERATOR_OPTIONS_2_TYPE = 11 /* with the options behind it, as above */
};

/* What the operation @code of the model's list does. */
uint32_t schema_code(const uint8_t *codes, uint32_t code);

#endif
