/* SPDX-License-Identifier: Apache-2.0 */
#include "count_copies.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { LEAST = 4096 };

static struct copies own;
static struct copies *counted = &own;

struct copies *copies_counted(void)
{
    return counted;
}

size_t copied_bytes(void)
{
    return atomic_load(&counted->bytes);
}

__attribute__((constructor)) static void share(void)
{
    const char *path = getenv("BENCH_COPIES");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *shared;

    if (fd < 0)
        return;
    shared = (void *)syscall(SYS_mmap, NULL, sizeof(*counted), PROT_READ | PROT_WRITE, MAP_SHARED,
                             fd, 0);
    close(fd);
    if (shared != MAP_FAILED)
        counted = shared;
}

static size_t count(size_t size)
{
    if (size >= LEAST)
        atomic_fetch_add(&counted->bytes, size);
    return size;
}

static void keep(struct moved *moved, const void *at, size_t size)
{
    size_t which = atomic_fetch_add(&moved->nr_pieces, 1);

    if (which < PIECES_MOST)
        moved->pieces[which] = (struct piece){(uintptr_t)at, size};
}

/* Of what lies in @parts the first @size bytes were moved, or nothing if it is negative. */
static ssize_t moved_parts(struct moved *moved, const struct iovec *parts, size_t nr, ssize_t size)
{
    size_t left = size > 0 ? (size_t)size : 0;
    size_t here;
    size_t i;

    for (i = 0; i < nr && left; i++) {
        here = parts[i].iov_len < left ? parts[i].iov_len : left;
        keep(moved, parts[i].iov_base, here);
        left -= here;
    }
    return size;
}

static ssize_t moved_one(struct moved *moved, const void *at, ssize_t size)
{
    if (size > 0)
        keep(moved, at, (size_t)size);
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

/* A shared mapping shows pages that are there: it moves nothing. */
void *mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
    if (!(flags & (MAP_ANONYMOUS | MAP_SHARED)))
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

/* Looking at bytes that stay in the socket moves nothing. */
ssize_t recvfrom(int fd, void *data, size_t size, int flags, struct sockaddr *from, socklen_t *room)
{
    ssize_t got = syscall(SYS_recvfrom, fd, data, size, flags, from, room);

    return flags & MSG_PEEK ? got : moved_one(&counted->received, data, got);
}

ssize_t recv(int fd, void *data, size_t size, int flags)
{
    return recvfrom(fd, data, size, flags, NULL, NULL);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    ssize_t got = syscall(SYS_recvmsg, fd, message, flags);

    if (flags & MSG_PEEK)
        return got;
    return moved_parts(&counted->received, message->msg_iov, message->msg_iovlen, got);
}

ssize_t readv(int fd, const struct iovec *parts, int nr)
{
    return moved_parts(&counted->received, parts, (size_t)nr, syscall(SYS_readv, fd, parts, nr));
}

ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to,
               socklen_t room)
{
    return moved_one(&counted->sent, data, syscall(SYS_sendto, fd, data, size, flags, to, room));
}

ssize_t send(int fd, const void *data, size_t size, int flags)
{
    return sendto(fd, data, size, flags, NULL, 0);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    return moved_parts(&counted->sent, message->msg_iov, message->msg_iovlen,
                       syscall(SYS_sendmsg, fd, message, flags));
}

ssize_t writev(int fd, const struct iovec *parts, int nr)
{
    return moved_parts(&counted->sent, parts, (size_t)nr, syscall(SYS_writev, fd, parts, nr));
}

/* What the compiler calls instead where it knows the room. */
ssize_t __read_chk(int fd, void *data, size_t size, size_t room);
ssize_t __recv_chk(int fd, void *data, size_t size, size_t room, int flags);

ssize_t __read_chk(int fd, void *data, size_t size, size_t room)
{
    (void)room;
    return read(fd, data, size);
}

ssize_t __recv_chk(int fd, void *data, size_t size, size_t room, int flags)
{
    (void)room;
    return recv(fd, data, size, flags);
}
