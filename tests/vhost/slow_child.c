/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into an agent: what a child of it has inherited it closes only after a while. */
#include <sys/syscall.h>
#include <unistd.h>

enum { WHILE_US = 300000 };

int close_range(unsigned int first, unsigned int last, int flags)
{
    usleep(WHILE_US);
    return (int)syscall(SYS_close_range, first, last, flags);
}
