/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When main() began, in microseconds since the machine was switched on: by the processor's counter, which
 * began then, and whose rate the clock tells.
 */
#include <stdio.h>
#include <stdint.h>
#include <time.h>

enum { MEASURED_NS = 20000000 };

static int64_t now(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000000000 + at.tv_nsec;
}

static uint64_t ticks(void)
{
    return __builtin_ia32_rdtsc();
}

int main(void)
{
    uint64_t main_began = ticks();
    int64_t begun = now();
    uint64_t first = ticks();
    int64_t ns;

    do
        ns = now() - begun;
    while (ns < MEASURED_NS);
    printf("main %llu\n",
           (unsigned long long)((double)main_began * (double)ns / (double)(ticks() - first) / 1e3));
    return 0;
}
