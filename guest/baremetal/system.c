/* SPDX-License-Identifier: Apache-2.0 */
#include "libc/system.h"
#include "machine.h"
#include "system_state.h"

#include <string.h>

/* What the C library asks for. */

/* Of the library, if the program uses it. */
__attribute__((weak)) void core_end_of_process(void);

void system_write(int fd, const char *data, size_t size)
{
    (void)fd;
    console_write(data, size);
}

void system_heap(void **start, size_t *size)
{
    *start = (void *)(uintptr_t)system_memory.start;
    *size = system_memory.end - system_memory.start;
}

uint64_t system_clock(void)
{
    return clock_now();
}

uint64_t system_time(void)
{
    return clock_real_time();
}

/* The one plugin that a guest has needs no naming. */
const char *system_environment(const char *name)
{
    const char *value = command_line_variable(&system_words, name);

    return value || strcmp(name, "VACCEL_PLUGINS") != 0 ? value : "rpc";
}

void system_files(const void **archive, size_t *size)
{
    *archive = (const void *)(uintptr_t)system_initrd.start;
    *size = system_initrd.end - system_initrd.start;
}

_Noreturn void system_exit(int status)
{
    static bool is_ending;

    if (core_end_of_process && !is_ending) {
        is_ending = true;
        core_end_of_process();
    }
    machine_exit(status);
}
