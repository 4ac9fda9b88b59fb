/* SPDX-License-Identifier: Apache-2.0 */
#include "command_line.h"
#include "cpu.h"
#include "machine.h"
#include "system_state.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv);
/* Of the library, if the program uses it. */
__attribute__((weak)) int vaccel_bootstrap(void);

_Noreturn void machine_start(int protocol, uint64_t address);

static struct boot boot;
struct command_line system_words;
struct boot_range system_memory;
struct boot_range system_initrd;
uint64_t system_rsdp;

static void read_words(void)
{
    size_t i;

    if (command_line_split(&system_words, boot.command_line) != 0)
        machine_panic("the command line has more than 128 variables or arguments");
    for (i = 0; i < system_words.nr_devices; i++)
        devices_add_word(system_words.devices[i]);
}

/* For who wants to know: with BOOT_REPORT in the environment. */
static void report(uint64_t began)
{
    double ms = (double)clock_now() / 1e6;

    if (getenv("BOOT_REPORT"))
        fprintf(stderr,
                "boot: main() %.1f ms after power-on, %.1f ms after the image began; "
                "%llu KiB for the heap\n",
                ms, ms - (double)clock_at(began) / 1e6,
                (unsigned long long)((system_memory.end - system_memory.start) / 1024));
}

/* Where boot.S arrives. Each step needs those before it. */
_Noreturn void machine_start(int protocol, uint64_t address)
{
    uint64_t began = cpu_ticks();

    console_begin();
    interrupts_begin();
    memory_begin();
    boot_read(&boot, protocol, address);
    memory_protect();
    system_memory = memory_heap(&boot);
    system_initrd = boot.initrd;
    system_rsdp = boot.rsdp;
    read_words();
    clock_begin();
    interrupts_begin_controller();
    if (vaccel_bootstrap)
        vaccel_bootstrap();
    report(began);
    exit(main(system_words.argc, system_words.argv));
}
