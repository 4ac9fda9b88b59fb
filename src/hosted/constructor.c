/* SPDX-License-Identifier: Apache-2.0 */
#include "hosted/constructor.h"
#include "core/core.h"
#include "vaccel.h"

/* A process that links the library need not initialise it. */

static bool enabled(const char *variable)
{
    const char *value = getenv(variable);

    return !value || strcmp(value, "0") != 0;
}

__attribute__((constructor)) void constructor_begin(void)
{
    if (enabled("VACCEL_BOOTSTRAP_ENABLED"))
        vaccel_bootstrap();
}

__attribute__((destructor)) static void at_end(void)
{
    if (enabled("VACCEL_CLEANUP_ENABLED"))
        core_end_of_process();
}
