/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_VALUES_H
#define EXAMPLES_VALUES_H

#include "vaccel.h"

/* What a tensor is, and its first elements; of types that C has not, how many bytes. */
void print_tensor(const char *title, const struct vaccel_tensor *tensor);

#endif
