/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TFLITE_CHECK_H
#define TFLITE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Check of a model what TensorFlow Lite takes for granted and would crash on: that its parts refer to parts
 * there are, that nothing is read before it is written, that constants are not written, that no subgraph calls
 * itself. What single operations demand of their parameters they check themselves, more or less.
 * @bytes       a FlatBuffer that TensorFlow Lite has verified
 * @all_of_use  whether something comes of each operation; XNNPACK crashes on others
 * Returns EBACKEND (it is damaged; the log says what), ENOMEM.
 */
int check_model(const uint8_t *bytes, size_t size, bool *all_of_use);

#endif
