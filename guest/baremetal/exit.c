/* SPDX-License-Identifier: Apache-2.0 */
#include "cpu.h"
#include "machine.h"

/*
 * QEMU exits with twice what is written, plus one. 1 would be taken for an error of QEMU's own and
 * 128 and above for a signal; 41 is what other unikernels write when all is well.
 */
enum { DEBUG_EXIT = 0x501, DEBUG_EXIT_OK = 41 };

/* Where firmware of QEMU and Cloud Hypervisor put the power button; nothing elsewhere. */
enum { QEMU_POWER = 0x604, QEMU_POWER_OFF = 0x2000, CH_POWER = 0x600, CH_POWER_OFF = 0x34 };

enum { KEYBOARD = 0x64, KEYBOARD_RESET = 0xfe };

/* An interrupt that cannot be taken resets a processor, and so ends a machine that may not begin anew. */
static _Noreturn void reset(void)
{
    static const struct __attribute__((packed)) {
        uint16_t limit;
        uint64_t base;
    } nothing = {0, 0};

    __asm__ volatile("lidt %0; int3" ::"m"(nothing));
    for (;;)
        cpu_relax();
}

static void say_status(int status)
{
    char text[] = "exit status 00\n";

    text[12] = (char)('0' + status / 10);
    text[13] = (char)('0' + status % 10);
    console_print(text);
}

_Noreturn void machine_exit(int status)
{
    if (status < 0 || status > MACHINE_STATUS_MOST)
        status = MACHINE_STATUS_MOST;
    cpu_out16(DEBUG_EXIT, (uint16_t)(DEBUG_EXIT_OK + status));
    say_status(status);
    cpu_out16(QEMU_POWER, QEMU_POWER_OFF);
    cpu_out8(CH_POWER, CH_POWER_OFF);
    cpu_out8(KEYBOARD, KEYBOARD_RESET);
    reset();
}

_Noreturn void machine_panic(const char *sentence)
{
    console_print("vaccel: ");
    console_print(sentence);
    console_print("\n");
    machine_exit(MACHINE_STATUS_MOST);
}
