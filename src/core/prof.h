/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_PROF_H
#define CORE_PROF_H

#include "vaccel/op.h"

#include <stdbool.h>
#include <stdint.h>

/* Whether profiling is on. It changes only while no operation runs. */
extern bool prof_on;

/* Switch it. Switching it on forgets what the operations took before. */
void prof_set_enabled(bool enabled);

/* A call of @op ends now that began at platform_clock() @start. */
void prof_add_operation(vaccel_op_type_t op, uint64_t start);

/* Log what each operation that was called took. */
void prof_print_operations(void);

/* Around a fork(): nobody changes a region meanwhile. */
void prof_lock_regions(void);
void prof_unlock_regions(void);

#endif
