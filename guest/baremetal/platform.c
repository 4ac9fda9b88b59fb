/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"

#include "cpu.h"
#include "machine.h"
#include "vaccel/error.h"
#include "vaccel/log.h"

#include <stdlib.h>
#include <string.h>

/* platform.h for one thread. Files are in guest/libc, plugins in guest/linked_plugins.c. */

enum { ALIGNMENT = 64, CPU_HAS_RDRAND = 1 << 30 };

bool platform_fence_is_cheap = true;
void *platform_thread_pointer;

void *platform_alloc_shared(size_t size)
{
    return size > SIZE_MAX - ALIGNMENT
               ? NULL
               : aligned_alloc(ALIGNMENT, (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1));
}

void platform_free_shared(void *data)
{
    free(data);
}

/* Nobody else could have it. */
void platform_lock(struct platform_mutex *mutex)
{
    (void)mutex;
}

void platform_unlock(struct platform_mutex *mutex)
{
    (void)mutex;
}

int platform_thread_set(void *pointer)
{
    platform_thread_pointer = pointer;
    return VACCEL_OK;
}

void platform_heavy_fence(void)
{
}

/* What is waited for is a device's doing. */
void platform_pause(unsigned int attempt)
{
    enum { SHORT = 16, DOUBLINGS = 10 };

    if (attempt < SHORT) {
        cpu_relax();
        return;
    }
    attempt -= SHORT;
    interrupts_sleep(clock_now() + (UINT64_C(1000) << (attempt < DOUBLINGS ? attempt : DOUBLINGS)));
}

void platform_wait(const uint32_t *word, uint32_t value, uint64_t deadline)
{
    if (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value)
        interrupts_sleep(deadline);
}

void platform_wake(const uint32_t *word)
{
    (void)word;
}

void platform_wake_one(const uint32_t *word)
{
    (void)word;
}

uint64_t platform_clock(void)
{
    return clock_now();
}

static bool has_random(void)
{
    return cpu_identify(1).ecx & CPU_HAS_RDRAND;
}

static uint64_t random_word(bool has)
{
    static uint64_t state;
    uint64_t word;
    uint8_t valid = 0;

    if (has)
        __asm__ volatile("rdrand %0; setc %1" : "=r"(word), "=qm"(valid)::"cc");
    if (valid)
        return word;
    state = (state ^ cpu_ticks()) * 6364136223846793005u + 1442695040888963407u;
    return state ^ state >> 29;
}

void platform_random(void *data, size_t size)
{
    unsigned char *bytes = data;
    bool has = has_random();

    while (size) {
        uint64_t word = random_word(has);
        size_t part = size < sizeof(word) ? size : sizeof(word);

        memcpy(bytes, &word, part);
        bytes += part;
        size -= part;
    }
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
    console_print(tag_of(level));
    console_print(line);
    console_print("\n");
}

int platform_log_open(const char *name)
{
    return name && *name ? VACCEL_ENOTSUP : VACCEL_OK;
}

const char *platform_environment(const char *name)
{
    return getenv(name);
}
