/* SPDX-License-Identifier: Apache-2.0 */
#include "cpu.h"
#include "machine.h"

#include <string.h>

/*
 * The time stamp counter, which runs evenly on the machines of today. How fast is told by KVM, or found
 * by comparing it with the old interval timer for some milliseconds.
 */

enum {
    PIT_CHANNEL_2 = 0x42,
    PIT_COMMAND = 0x43,
    PIT_COUNT_DOWN = 0xb0, /* channel 2, both bytes, mode 0 */
    PIT_LATCH = 0x80,
    PIT_GATE = 0x61,
    PIT_HZ = 1193182,
    PIT_TICKS = PIT_HZ / 500, /* 2 ms */
};

enum { KVM_LEAF = 0x40000000, KVM_FEATURES = KVM_LEAF + 1, KVM_HAS_CLOCK = 1 << 3 };
enum { KVM_CLOCK_MSR = 0x4b564d01, FREQUENCY_LEAF = 0x16 };

struct kvm_clock {
    uint32_t version;
    uint32_t pad;
    uint64_t ticks;
    uint64_t ns;
    uint32_t multiplier; /* nanoseconds are (ticks << shift) * multiplier >> 32 */
    int8_t shift;
    uint8_t flags;
    uint8_t zero[2];
};

static const uint64_t ns_per_second = 1000000000;

static uint64_t ns_per_tick; /* in 2^-32 */

static bool is_kvm(void)
{
    struct cpu_id id = cpu_identify(KVM_LEAF);

    return id.ebx == 0x4b4d564b && id.ecx == 0x564b4d56 && id.edx == 0x4d &&
           (cpu_identify(KVM_FEATURES).eax & KVM_HAS_CLOCK);
}

static uint64_t ask_kvm(void)
{
    static volatile struct kvm_clock clock __attribute__((aligned(32)));

    if (!is_kvm())
        return 0;
    cpu_write_msr(KVM_CLOCK_MSR, (uintptr_t)&clock | 1);
    cpu_write_msr(KVM_CLOCK_MSR, 0);
    return clock.shift < 0 ? clock.multiplier >> -clock.shift
                           : (uint64_t)clock.multiplier << clock.shift;
}

struct sample {
    uint64_t ticks;
    uint64_t duration; /* how long it took to take it */
    uint16_t count;
};

static struct sample read_once(void)
{
    struct sample sample;
    uint8_t low;

    sample.ticks = cpu_ticks();
    cpu_out8(PIT_COMMAND, PIT_LATCH);
    sample.duration = cpu_ticks() - sample.ticks;
    low = cpu_in8(PIT_CHANNEL_2);
    sample.count = (uint16_t)(low | cpu_in8(PIT_CHANNEL_2) << 8);
    return sample;
}

/* Both clocks at about the same moment: of some attempts the one that nobody interrupted. */
static struct sample read_both(void)
{
    enum { ATTEMPTS = 5 };
    struct sample best = read_once();
    int i;

    for (i = 1; i < ATTEMPTS; i++) {
        struct sample next = read_once();

        if (next.duration < best.duration)
            best = next;
    }
    return best;
}

/* Nanoseconds for each tick; 0: there is no interval timer. */
static uint64_t compare_with_timer(void)
{
    enum { ATTEMPTS = 100000 };
    struct sample first;
    struct sample last;
    uint16_t passed = 0;
    unsigned int i;

    cpu_out8(PIT_GATE, (uint8_t)((cpu_in8(PIT_GATE) & ~2) | 1));
    cpu_out8(PIT_COMMAND, PIT_COUNT_DOWN);
    cpu_out8(PIT_CHANNEL_2, 0xff);
    cpu_out8(PIT_CHANNEL_2, 0xff);
    first = last = read_both();
    for (i = 0; i < ATTEMPTS && passed < PIT_TICKS; i++) {
        last = read_both();
        passed = (uint16_t)(first.count - last.count);
    }
    if (passed < PIT_TICKS || last.ticks == first.ticks)
        return 0;
    return (passed * ns_per_second / PIT_HZ << 32) / (last.ticks - first.ticks);
}

static uint64_t as_the_processor_says(void)
{
    uint64_t mhz = cpu_identify(0).eax >= FREQUENCY_LEAF ? cpu_identify(FREQUENCY_LEAF).eax : 0;

    return (UINT64_C(1000) << 32) / (mhz ? mhz : 1000);
}

void clock_begin(void)
{
    ns_per_tick = ask_kvm();
    if (!ns_per_tick)
        ns_per_tick = compare_with_timer();
    if (!ns_per_tick)
        ns_per_tick = as_the_processor_says();
}

uint64_t clock_at(uint64_t ticks)
{
    return (uint64_t)((unsigned __int128)ticks * ns_per_tick >> 32);
}

uint64_t clock_now(void)
{
    return clock_at(cpu_ticks());
}
