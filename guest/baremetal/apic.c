/* SPDX-License-Identifier: Apache-2.0 */
#include "cpu.h"
#include "interrupts.h"
#include "machine.h"

/*
 * The local APIC with its timer, and the I/O APICs. They are where every machine has them; the old
 * controllers are silenced.
 */

enum { PIC_MASTER_MASK = 0x21, PIC_SLAVE_MASK = 0xa1 };
enum { APIC_BASE_MSR = 0x1b, APIC_BASE_ENABLED = 0x800, APIC_X2 = 0x400, CPU_HAS_APIC = 1 << 9 };

static const uint64_t local_base = 0xfee00000;

enum local_register {
    LOCAL_ID = 0x20,
    LOCAL_TASK_PRIORITY = 0x80,
    LOCAL_SPURIOUS = 0xf0,
    LOCAL_TIMER = 0x320,
    LOCAL_TIMER_INITIAL = 0x380,
    LOCAL_TIMER_CURRENT = 0x390,
    LOCAL_TIMER_DIVIDE = 0x3e0,
};

enum { LOCAL_ENABLED = 0x100, LOCAL_MASKED = 0x10000, DIVIDE_BY_1 = 0xb };

enum { IO_WINDOW = 0x10, IO_VERSION = 1, IO_FIRST_LINE = 0x10 };

/* The second one is of QEMU's microvm. */
static const struct controller {
    uint64_t base;
    unsigned int first_line;
} controllers[] = {{0xfec10000, 24}, {0xfec00000, 0}};

enum {
    CALIBRATION_NS = 100000,
    BACKSTOP_NS = 100000000, /* so that an interrupt that is lost is a delay only */
    POLLING_NS = 200000,     /* as long as no device has interrupted */
};

extern const char interrupts_device[];
extern const char interrupts_timer[];
extern const char interrupts_spurious[];
extern volatile uint32_t interrupts_by_device;
extern volatile uint32_t interrupts_by_timer;
volatile uint32_t interrupts_by_device;
volatile uint32_t interrupts_by_timer;

static bool is_there;
static bool has_interrupted;
static uint64_t ticks_per_ms;

static volatile uint32_t *local(enum local_register name)
{
    return (volatile uint32_t *)(uintptr_t)(local_base + name);
}

static bool enable_local(void)
{
    uint64_t base;

    if (!(cpu_identify(1).edx & CPU_HAS_APIC))
        return false;
    base = cpu_read_msr(APIC_BASE_MSR);
    if (base & APIC_X2)
        return false;
    cpu_write_msr(APIC_BASE_MSR, (base & 0xfff) | local_base | APIC_BASE_ENABLED);
    *local(LOCAL_TASK_PRIORITY) = 0;
    *local(LOCAL_SPURIOUS) = LOCAL_ENABLED | INTERRUPTS_SPURIOUS;
    return true;
}

static void calibrate_timer(void)
{
    uint64_t start;
    uint64_t now;
    uint32_t first;

    *local(LOCAL_TIMER) = LOCAL_MASKED | INTERRUPTS_TIMER;
    *local(LOCAL_TIMER_DIVIDE) = DIVIDE_BY_1;
    *local(LOCAL_TIMER_INITIAL) = UINT32_MAX;
    start = clock_now();
    first = *local(LOCAL_TIMER_CURRENT);
    do
        now = clock_now();
    while (now - start < CALIBRATION_NS);
    ticks_per_ms = (uint64_t)(first - *local(LOCAL_TIMER_CURRENT)) * 1000000 / (now - start);
    *local(LOCAL_TIMER_INITIAL) = 0;
    *local(LOCAL_TIMER) = INTERRUPTS_TIMER;
}

bool interrupts_begin_controller(void)
{
    cpu_out8(PIC_MASTER_MASK, 0xff);
    cpu_out8(PIC_SLAVE_MASK, 0xff);
    if (!enable_local())
        return false;
    interrupts_set(INTERRUPTS_DEVICE, interrupts_device, 0);
    interrupts_set(INTERRUPTS_TIMER, interrupts_timer, 0);
    interrupts_set(INTERRUPTS_SPURIOUS, interrupts_spurious, 0);
    calibrate_timer();
    is_there = ticks_per_ms > 0;
    cpu_allow_interrupts();
    return is_there;
}

bool interrupts_message(uint64_t *address, uint32_t *data)
{
    *address = local_base | (uint64_t)(*local(LOCAL_ID) >> 24) << 12;
    *data = INTERRUPTS_DEVICE;
    return is_there;
}

static volatile uint32_t *io_register(uint64_t base, uint32_t number)
{
    *(volatile uint32_t *)(uintptr_t)base = number;
    return (volatile uint32_t *)(uintptr_t)(base + IO_WINDOW);
}

/* How many lines the controller at @base has; 0: there is none. */
static unsigned int io_lines(uint64_t base)
{
    uint32_t version = *io_register(base, IO_VERSION);

    if ((version & 0xff) < 0x10 || (version & 0xff) > 0x2f)
        return 0;
    return (version >> 16 & 0xff) + 1;
}

/* The controller that has @line; NULL: none has. */
static const struct controller *controller_of(unsigned int line)
{
    size_t i;

    for (i = 0; is_there && i < sizeof(controllers) / sizeof(*controllers); i++)
        if (line >= controllers[i].first_line &&
            line - controllers[i].first_line < io_lines(controllers[i].base))
            return &controllers[i];
    return NULL;
}

bool interrupts_has_line(unsigned int line)
{
    return controller_of(line);
}

bool interrupts_line(unsigned int line)
{
    const struct controller *controller = controller_of(line);
    uint32_t entry;

    if (!controller)
        return false;
    entry = IO_FIRST_LINE + 2 * (line - controller->first_line);
    *io_register(controller->base, entry + 1) = *local(LOCAL_ID);
    *io_register(controller->base, entry) = INTERRUPTS_DEVICE;
    return true;
}

static void set_timer(uint64_t ns)
{
    uint64_t ticks = ns * ticks_per_ms / 1000000;

    *local(LOCAL_TIMER_INITIAL) = ticks < 1 ? 1 : ticks > UINT32_MAX ? UINT32_MAX : (uint32_t)ticks;
}

/* Sleep for @ns at most. */
static bool sleep_for(uint64_t ns)
{
    bool by_device;

    cpu_mask_interrupts();
    if (!interrupts_by_device) {
        set_timer(ns);
        cpu_sleep();
        cpu_mask_interrupts();
        *local(LOCAL_TIMER_INITIAL) = 0;
    }
    by_device = interrupts_by_device;
    interrupts_by_device = 0;
    cpu_allow_interrupts();
    has_interrupted |= by_device;
    return by_device;
}

bool interrupts_sleep(uint64_t deadline)
{
    uint64_t most = has_interrupted ? BACKSTOP_NS : POLLING_NS;
    uint64_t now = clock_now();

    if (deadline && deadline <= now)
        return false;
    if (deadline && deadline - now < most)
        most = deadline - now;
    if (is_there)
        return sleep_for(most);
    cpu_relax();
    return false;
}
