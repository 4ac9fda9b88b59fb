/* SPDX-License-Identifier: Apache-2.0 */
#include "libc/system.h"

#include "status.h"

#include <stdlib.h>
#include <uk/console.h>
#include <uk/plat/bootstrap.h>
#include <uk/plat/memory.h>
#include <uk/plat/time.h>

/* What guest/libc needs, without its malloc(). */

void system_write(int fd, const char *data, size_t size)
{
    (void)fd;
    uk_console_out(data, (__sz)size);
}

uint64_t system_clock(void)
{
    return ukplat_monotonic_clock();
}

uint64_t system_time(void)
{
    return ukplat_wall_clock();
}

const char *system_environment(const char *name)
{
    return getenv(name);
}

void system_files(const void **archive, size_t *size)
{
    struct ukplat_memregion_desc *initrd;

    if (ukplat_memregion_find_initrd0(&initrd) < 0)
        return;
    *archive = (const void *)(initrd->vbase + initrd->pg_off);
    *size = initrd->len;
}

_Noreturn void system_exit(int status)
{
    status_keep(status);
    status_tell();
    ukplat_terminate(UKPLAT_HALT);
}
