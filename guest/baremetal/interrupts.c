/* SPDX-License-Identifier: Apache-2.0 */
#include "boot_protocol.h"
#include "interrupts.h"
#include "machine.h"

/* Exceptions, and the table of all interrupts. */

enum {
    NR_EXCEPTIONS = 32,
    EXCEPTION_STUB_SIZE = 16,
    NR_VECTORS = INTERRUPTS_SPURIOUS + 1,
    INTERRUPT_GATE = 0x8e,
    EXCEPTION_STACK = 1, /* of the task state: exceptions may be about the stack */
    EXCEPTION_STACK_SIZE = 4096,
    TASK_STATE_SIZE = 104,
    TASK_STATE_AT_STACK = 36, /* in it */
    PAGE_FAULT = 14,
};

struct gate {
    uint16_t offset_0;
    uint16_t selector;
    uint8_t stack;
    uint8_t type;
    uint16_t offset_16;
    uint32_t offset_32;
    uint32_t zero;
};

struct __attribute__((packed)) table_register {
    uint16_t limit;
    uint64_t base;
};

/* What the stub and the processor left on the stack. */
struct exception {
    uint64_t number;
    uint64_t code;
    uint64_t rip;
    uint64_t cs;
    uint64_t flags;
    uint64_t rsp;
    uint64_t ss;
};

extern char interrupts_exceptions[];
extern uint64_t boot_gdt[];

static struct gate gates[NR_VECTORS];
static uint8_t task_state[TASK_STATE_SIZE] __attribute__((aligned(16)));
static char exception_stack[EXCEPTION_STACK_SIZE] __attribute__((aligned(16)));

_Noreturn void interrupts_exception(const struct exception *exception);

_Noreturn void interrupts_exception(const struct exception *exception)
{
    uint64_t address;

    __asm__ volatile("mov %%cr2, %0" : "=r"(address));
    console_print("exception ");
    console_print_hex(exception->number);
    console_print(" at ");
    console_print_hex(exception->rip);
    console_print(", code ");
    console_print_hex(exception->code);
    console_print(", stack ");
    console_print_hex(exception->rsp);
    if (exception->number == PAGE_FAULT) {
        console_print(", address ");
        console_print_hex(address);
    }
    console_print("\n");
    machine_exit(MACHINE_STATUS_MOST);
}

void interrupts_set(unsigned int vector, const void *handler, unsigned int stack)
{
    uintptr_t offset = (uintptr_t)handler;

    gates[vector] = (struct gate){
        .offset_0 = (uint16_t)offset,
        .selector = BOOT_CODE_SELECTOR,
        .stack = (uint8_t)stack,
        .type = INTERRUPT_GATE,
        .offset_16 = (uint16_t)(offset >> 16),
        .offset_32 = (uint32_t)(offset >> 32),
    };
}

static void load_task_state(void)
{
    uintptr_t base = (uintptr_t)task_state;
    uint64_t stack = (uintptr_t)exception_stack + sizeof(exception_stack);
    uint64_t *descriptor = &boot_gdt[BOOT_TASK_SELECTOR / sizeof(*boot_gdt)];

    __builtin_memcpy(task_state + TASK_STATE_AT_STACK, &stack, sizeof(stack));
    descriptor[0] = (TASK_STATE_SIZE - 1) | (base & 0xffffff) << 16 | UINT64_C(0x89) << 40 |
                    (uint64_t)(base >> 24 & 0xff) << 56;
    descriptor[1] = base >> 32;
    __asm__ volatile("ltr %w0" ::"r"(BOOT_TASK_SELECTOR) : "memory");
}

void interrupts_begin(void)
{
    struct table_register table = {sizeof(gates) - 1, (uintptr_t)gates};
    unsigned int i;

    load_task_state();
    for (i = 0; i < NR_EXCEPTIONS; i++)
        interrupts_set(i, interrupts_exceptions + (size_t)i * EXCEPTION_STUB_SIZE, EXCEPTION_STACK);
    __asm__ volatile("lidt %0" ::"m"(table) : "memory");
}
