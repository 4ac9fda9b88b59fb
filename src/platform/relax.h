/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLATFORM_RELAX_H
#define PLATFORM_RELAX_H

/* Within a loop that looks at memory until another processor has changed it: be light on both. */
static inline void platform_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#else
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
#endif
}

#endif
