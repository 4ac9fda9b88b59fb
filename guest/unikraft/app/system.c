/* SPDX-License-Identifier: Apache-2.0 */
#include "libc/system.h"

#include "status.h"

#include <stdlib.h>
#include <uk/console.h>
#include <uk/plat/bootstrap.h>
#include <uk/plat/time.h>

/* What guest/libc needs, without its malloc(). Its files are ../initrd.c. */

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

_Noreturn void system_exit(int status)
{
    status_keep(status);
    status_tell();
    ukplat_terminate(UKPLAT_HALT);
}
