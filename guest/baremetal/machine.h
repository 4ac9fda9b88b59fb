/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_BAREMETAL_MACHINE_H
#define GUEST_BAREMETAL_MACHINE_H

#include "boot.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An x86-64 virtual machine with one processor, by the parts that others of this room use. */

/* The serial line at port 0x3f8. What is written is sent as it is. */
void console_begin(void);
void console_write(const char *data, size_t size);
void console_print(const char *text);
void console_print_hex(uint64_t number);

/*
 * Tell the host the exit status and stop. Port 0x501, QEMU's isa-debug-exit: QEMU exits with
 * 83 + 2 * status, so a status above MACHINE_STATUS_MOST is told as that. Where there is no such
 * device a last line says the status, and the machine is switched off.
 */
enum { MACHINE_STATUS_MOST = 20 };
_Noreturn void machine_exit(int status);
/* Say what is wrong, and exit with MACHINE_STATUS_MOST. */
_Noreturn void machine_panic(const char *sentence);

/* Memory is seen at its physical address, the first 4 GiB at once, what is above by memory_map(). */
void memory_begin(void);
/* False: no memory for page tables is left, or an address that cannot be. */
bool memory_map(uint64_t address, uint64_t size);
/* What others left in the first 4 GiB; NULL: not all of it can be read, or it is the image's. */
const void *memory_see(uint64_t address, uint64_t size);
/* Take the largest piece of memory that holds neither image nor initrd. */
struct boot_range memory_heap(const struct boot *boot);
/* So that a NULL pointer, an overflow of the stack and writing to code are exceptions. */
void memory_protect(void);

/* Nanoseconds since the machine was switched on; since 1970, 0 if there is no clock for that. */
void clock_begin(void);
uint64_t clock_now(void);
/* When the processor's counter was at @ticks. */
uint64_t clock_at(uint64_t ticks);
uint64_t clock_real_time(void);

/* Exceptions are fatal, and say where they came from. */
void interrupts_begin(void);
/* The interrupt controller and the timer; false: there is none, and nobody can sleep. */
bool interrupts_begin_controller(void);
/* What a device must write, and where, to interrupt; false: there is no interrupt controller. */
bool interrupts_message(uint64_t *address, uint32_t *data);
bool interrupts_has_line(unsigned int line);
/* Let this line of the interrupt controllers interrupt on its rising edge; false: there is none. */
bool interrupts_line(unsigned int line);
/*
 * Sleep until a device interrupts or clock_now() is @deadline (0: none). Returns at once if one did
 * since the last time, and early if nobody knows yet whether devices can interrupt. Whether one did.
 */
bool interrupts_sleep(uint64_t deadline);

/* In devices.c, for words "virtio_mmio.device=..." of the command line. */
void devices_add_word(const char *word);

#endif
