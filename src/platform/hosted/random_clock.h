/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLATFORM_HOSTED_RANDOM_CLOCK_H
#define PLATFORM_HOSTED_RANDOM_CLOCK_H

#include <stddef.h>

/* For platform_random(), where the system gives nothing better: bytes that differ from call to call. */
void random_from_clock(unsigned char *bytes, size_t size);

#endif
