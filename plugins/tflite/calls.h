/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TFLITE_CALLS_H
#define TFLITE_CALLS_H

#include <stdint.h>

/*
 * See that no subgraph calls itself, be it through others: TensorFlow Lite would follow that until its stack
 * ends, or through more levels than any model has.
 * @model  the root of a model whose operations all have a code
 * Returns EBACKEND (one does, or calls one that is not there; the log says which), ENOMEM.
 */
int check_calls(const uint8_t *model);

#endif
