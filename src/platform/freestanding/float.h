/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLATFORM_FREESTANDING_FLOAT_H
#define PLATFORM_FREESTANDING_FLOAT_H

#include "platform/freestanding/sink.h"

/* @type is 'f', 'e' or 'g'. */
void format_float(struct sink *sink, struct layout layout, char type, double value);

#endif
