/* SPDX-License-Identifier: Apache-2.0 */
#include "linux_guest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PATH_ROOM = 300 };

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

void linux_guest_for_each(const char *folder, void (*act)(const char *name))
{
    struct dirent **entries;
    int count = scandir(folder, &entries, not_hidden, alphasort);
    int i;

    if (count < 0)
        printf("%s: %s\n", folder, strerror(errno));
    for (i = 0; i < count; i++)
        act(entries[i]->d_name);
}

static void load(const char *name)
{
    char path[PATH_ROOM];
    int fd;

    snprintf(path, sizeof(path), "/modules/%s", name);
    fd = open(path, O_RDONLY);
    if (syscall(SYS_finit_module, fd, "", 0))
        printf("module %s: %s\n", name, strerror(errno));
    close(fd);
}

void linux_guest_begin(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
    mount("sysfs", "/sys", "sysfs", 0, NULL);
    mount("proc", "/proc", "proc", 0, NULL);
    linux_guest_for_each("/modules", load);
}

_Noreturn void linux_guest_power_off(void)
{
    fflush(stdout);
    sync();
    reboot(RB_POWER_OFF);
    exit(EXIT_FAILURE);
}
