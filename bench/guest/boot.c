/* SPDX-License-Identifier: Apache-2.0 */
/* When main() began: in ticks of the processor's counter, which began when the machine was switched on. */
#include <stdio.h>

int main(void)
{
    printf("main %llu\n", __builtin_ia32_rdtsc());
    return 0;
}
