/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TFLITE_TYPES_H
#define TFLITE_TYPES_H

#include "vaccel.h"

/* The type with TensorFlow Lite's number; UNKNOWN for those that tensors here cannot have, as INT4. */
enum vaccel_data_type type_of(int number);

#endif
