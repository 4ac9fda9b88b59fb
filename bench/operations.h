/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_OPERATIONS_H
#define BENCH_OPERATIONS_H

/*
 * Calls of vaccel_noop() and vaccel_sgemm() (2x2), and of functions of the same signatures through
 * a pointer. The context is a session. All have the type `repeated` of measure.h.
 */

#include <stddef.h>

int call_noop(void *session, size_t calls);
int call_noop_pointer(void *session, size_t calls);
int call_sgemm(void *session, size_t calls);
int call_sgemm_pointer(void *session, size_t calls);

#endif
