/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"

#include "platform/hosted/random_clock.h"
#include "platform/text.h"
#include "vaccel/core.h"
#include "vaccel/error.h"
#include "vaccel/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <uk/config.h>
#include <uk/plat/time.h>

/* What the library needs of Unikraft beside threads, files, plugins and devices. */

enum { ALIGNMENT = 64 };

void *platform_alloc_shared(size_t size)
{
    void *data;

    return posix_memalign(&data, ALIGNMENT, size) == 0 ? data : NULL;
}

void platform_free_shared(void *data)
{
    free(data);
}

uint64_t platform_clock(void)
{
    return ukplat_monotonic_clock();
}

/* Unikraft has random numbers only where the processor does, and does not boot without if asked for them. */
void platform_random(void *data, size_t size)
{
    random_from_clock(data, size);
}

static const char *tag_of(int level)
{
    switch (level) {
    case VACCEL_LOG_WARN:
        return "<warn> ";
    case VACCEL_LOG_INFO:
        return "<info> ";
    case VACCEL_LOG_DEBUG:
        return "<debug> ";
    default:
        return "<error> ";
    }
}

void platform_log(int level, const char *line)
{
    fputs(tag_of(level), stderr);
    fputs(line, stderr);
    fputs("\n", stderr);
}

int platform_log_open(const char *name)
{
    return name && *name ? VACCEL_ENOTSUP : VACCEL_OK;
}

/* Of the command line, or compiled in. */
static const char *variable(const char *name)
{
#if CONFIG_LIBPOSIX_ENVIRON
    return getenv(name);
#else
    (void)name;
    return NULL;
#endif
}

const char *platform_environment(const char *name)
{
    const char *value = variable(name);

    if (!value && text_equal(name, "VACCEL_PLUGINS"))
        return "rpc";
    if (!value && text_equal(name, "VACCEL_RPC_ADDRESS") && *CONFIG_LIBVACCEL_ADDRESS)
        return CONFIG_LIBVACCEL_ADDRESS;
    return value;
}

/* Before main(), as on a host. */
__attribute__((constructor)) static void begin(void)
{
    vaccel_bootstrap();
}
