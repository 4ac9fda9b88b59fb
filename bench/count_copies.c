/* SPDX-License-Identifier: Apache-2.0 */
#include "count_copies.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LEAST = 4096 };

static atomic_size_t counted;

size_t copied_bytes(void)
{
    return atomic_load(&counted);
}

static size_t count(size_t size)
{
    if (size >= LEAST)
        atomic_fetch_add(&counted, size);
    return size;
}

/* The dynamic linker calls these before it could find others, so they do the work themselves. */
void *memmove(void *to, const void *from, size_t size)
{
    unsigned char *target = to;
    const unsigned char *source = from;
    size_t i;

    count(size);
    if ((uintptr_t)to - (uintptr_t)from >= size)
        for (i = 0; i < size; i++)
            target[i] = source[i];
    else
        for (i = size; i > 0; i--)
            target[i - 1] = source[i - 1];
    return to;
}

void *memcpy(void *to, const void *from, size_t size)
{
    return memmove(to, from, size);
}

void *mempcpy(void *to, const void *from, size_t size)
{
    return (char *)memmove(to, from, size) + size;
}

/* What the compiler calls instead where it knows the room. */
void *__memmove_chk(void *to, const void *from, size_t size, size_t room);
void *__memcpy_chk(void *to, const void *from, size_t size, size_t room);
void *__mempcpy_chk(void *to, const void *from, size_t size, size_t room);

void *__memmove_chk(void *to, const void *from, size_t size, size_t room)
{
    (void)room;
    return memmove(to, from, size);
}

void *__memcpy_chk(void *to, const void *from, size_t size, size_t room)
{
    (void)room;
    return memmove(to, from, size);
}

void *__mempcpy_chk(void *to, const void *from, size_t size, size_t room)
{
    (void)room;
    return mempcpy(to, from, size);
}

ssize_t read(int fd, void *data, size_t size)
{
    return syscall(SYS_read, fd, data, count(size));
}

ssize_t write(int fd, const void *data, size_t size)
{
    return syscall(SYS_write, fd, data, count(size));
}

ssize_t pread(int fd, void *data, size_t size, off_t offset)
{
    return syscall(SYS_pread64, fd, data, count(size), offset);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset)
{
    return syscall(SYS_pwrite64, fd, data, count(size), offset);
}

void *mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
    if (!(flags & MAP_ANONYMOUS))
        count(size);
    return (void *)syscall(SYS_mmap, address, size, protection, flags, fd, offset);
}

/* What programs call that were built with offsets of 64 bits; on a 64-bit machine they all are. */
ssize_t pread64(int fd, void *data, size_t size, off64_t offset)
{
    return pread(fd, data, size, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset)
{
    return pwrite(fd, data, size, offset);
}

void *mmap64(void *address, size_t size, int protection, int flags, int fd, off64_t offset)
{
    return mmap(address, size, protection, flags, fd, offset);
}

size_t fread(void *data, size_t size, size_t nr, FILE *file)
{
    size_t (*next)(void *, size_t, size_t, FILE *) =
        (size_t(*)(void *, size_t, size_t, FILE *))dlsym(RTLD_NEXT, "fread");

    count(size * nr);
    return next(data, size, nr, file);
}

size_t fwrite(const void *data, size_t size, size_t nr, FILE *file)
{
    size_t (*next)(const void *, size_t, size_t, FILE *) =
        (size_t(*)(const void *, size_t, size_t, FILE *))dlsym(RTLD_NEXT, "fwrite");

    count(size * nr);
    return next(data, size, nr, file);
}
