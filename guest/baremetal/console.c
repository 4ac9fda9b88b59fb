/* SPDX-License-Identifier: Apache-2.0 */
#include "cpu.h"
#include "machine.h"

#include <string.h>

enum {
    PORT = 0x3f8,
    DATA = PORT,
    INTERRUPTS = PORT + 1,
    FIFO = PORT + 2,
    LINE_CONTROL = PORT + 3,
    MODEM_CONTROL = PORT + 4,
    LINE_STATUS = PORT + 5,
};

enum {
    FIFO_ON_AND_EMPTY = 0x07,
    FIFO_SIZE = 16,
    EIGHT_BITS = 0x03,
    DIVISOR_LATCH = 0x80,
    READY = 3
};
enum { SENT = 0x20, ATTEMPTS = 100000 };

void console_begin(void)
{
    cpu_out8(INTERRUPTS, 0);
    cpu_out8(LINE_CONTROL, DIVISOR_LATCH);
    cpu_out8(DATA, 1); /* 115200 baud */
    cpu_out8(INTERRUPTS, 0);
    cpu_out8(LINE_CONTROL, EIGHT_BITS);
    cpu_out8(FIFO, FIFO_ON_AND_EMPTY);
    cpu_out8(MODEM_CONTROL, READY);
}

/* A line that nobody reads must not hold up the program for ever. */
static void wait_until_sent(void)
{
    unsigned int attempt;

    for (attempt = 0; attempt < ATTEMPTS && !(cpu_in8(LINE_STATUS) & SENT); attempt++)
        cpu_relax();
}

void console_write(const char *data, size_t size)
{
    size_t i;

    for (i = 0; i < size; i++) {
        if (i % FIFO_SIZE == 0)
            wait_until_sent();
        cpu_out8(DATA, (uint8_t)data[i]);
    }
}

void console_print(const char *text)
{
    console_write(text, strlen(text));
}

void console_print_hex(uint64_t number)
{
    char digits[] = "0x0000000000000000";
    size_t i;

    for (i = sizeof(digits) - 2; number; i--, number >>= 4)
        digits[i] = "0123456789abcdef"[number & 15];
    console_print(digits);
}
