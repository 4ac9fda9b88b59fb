/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_UK_CTORS_H
#define STAND_IN_UK_CTORS_H

#include <uk/prio.h>

/* At boot, before what has no priority; the lower one goes first. */
#define UK_CTOR_PRIO(function, priority) \
    __attribute__((constructor(200 + (priority)))) static void function##_at_boot(void) \
    { \
        function(); \
    } \
    _Static_assert(1, "")

#endif
