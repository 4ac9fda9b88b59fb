/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only program of a Linux guest: tells what disks there are and what can
 * be done with them, and switches the machine off.
 */
#include "linux_guest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SECTOR = 512, PATH_ROOM = 300 };

static long size_of(const char *disk)
{
    char path[PATH_ROOM];
    long size = -1;
    FILE *file;

    snprintf(path, sizeof(path), "/sys/block/%s/size", disk);
    file = fopen(path, "r");
    if (file && fscanf(file, "%ld", &size) != 1)
        size = -1;
    if (file)
        fclose(file);
    return size;
}

static const char *outcome(ssize_t size)
{
    static char text[64];

    snprintf(text, sizeof(text), "%s", size < 0 ? strerror(errno) : size ? "bytes" : "nothing");
    return text;
}

/* What the second sector said before, and whether it can be changed. */
static void use(const char *disk)
{
    char before[SECTOR] = "";
    char path[PATH_ROOM];
    int fd;

    snprintf(path, sizeof(path), "/dev/%s", disk);
    fd = open(path, O_RDWR);
    printf("disk %s: %ld sectors, opened: %s\n", disk, size_of(disk),
           fd < 0 ? strerror(errno) : "yes");
    if (fd < 0)
        return;
    printf("disk %s: read: %s", disk, outcome(pread(fd, before, SECTOR, SECTOR)));
    printf(" \"%.32s\"", before);
    memset(before, 'w', SECTOR);
    printf(", written: %s", outcome(pwrite(fd, before, SECTOR, SECTOR)));
    printf(", flushed: %s\n", fsync(fd) ? strerror(errno) : "yes");
    close(fd);
}

static void use_virtio_disk(const char *disk)
{
    if (strncmp(disk, "vd", 2) == 0)
        use(disk);
}

int main(void)
{
    linux_guest_begin();
    linux_guest_for_each("/sys/block", use_virtio_disk);
    printf("linux: done\n");
    linux_guest_power_off();
}
