/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first program of a Linux guest, which runs another one: the words behind "--" on the kernel's command
 * line, with the assignments before that as its environment. It tells how that ended, and switches the
 * machine off.
 */
#include "linux_guest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int status = -1;
    pid_t child;

    linux_guest_begin();
    child = argc > 1 ? fork() : -1;
    if (child == 0) {
        execv(argv[1], argv + 1);
        printf("%s: %s\n", argv[1], strerror(errno));
        _exit(127);
    }
    if (child > 0)
        waitpid(child, &status, 0);
    printf("linux: done, wait status 0x%x\n", (unsigned int)status);
    linux_guest_power_off();
}
