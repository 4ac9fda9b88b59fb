/* SPDX-License-Identifier: Apache-2.0 */
#include "core/prof.h"
#include "platform/platform.h"
#include "vaccel/log.h"

/* The operations themselves: two sums each, as a call must not wait for another one's lock. */

bool prof_on;

static struct {
    uint64_t time;
    uint64_t calls;
} operations[VACCEL_OP_MAX];

void prof_set_enabled(bool enabled)
{
    size_t i;

    for (i = 0; enabled && i < VACCEL_OP_MAX; i++) {
        __atomic_store_n(&operations[i].time, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&operations[i].calls, 0, __ATOMIC_RELAXED);
    }
    __atomic_store_n(&prof_on, enabled, __ATOMIC_RELAXED);
}

void prof_add_operation(vaccel_op_type_t op, uint64_t start)
{
    __atomic_fetch_add(&operations[op].time, platform_clock() - start, __ATOMIC_RELAXED);
    __atomic_fetch_add(&operations[op].calls, 1, __ATOMIC_RELAXED);
}

void prof_print_operations(void)
{
    char name[VACCEL_ENUM_STR_MAX];
    size_t i;

    if (!__atomic_load_n(&prof_on, __ATOMIC_RELAXED))
        return;
    for (i = 0; i < VACCEL_OP_MAX; i++) {
        uint64_t calls = __atomic_load_n(&operations[i].calls, __ATOMIC_RELAXED);

        if (calls)
            vaccel_info("[prof] %s: total_time: %llu nsec nr_entries: %llu",
                        vaccel_op_type_name((vaccel_op_type_t)i, name, sizeof(name)),
                        (unsigned long long)__atomic_load_n(&operations[i].time, __ATOMIC_RELAXED),
                        (unsigned long long)calls);
    }
}
