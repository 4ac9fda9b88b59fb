/* SPDX-License-Identifier: Apache-2.0 */
/* What fails when a disk is full or broken, descriptors run out, a signal comes. */
#include "preload.hpp"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

namespace
{

template <std::size_t N>
int error_of(const char *function, const void *caller, const int (&errors)[N])
{
    return error_of(Kind::files, function, caller, errors);
}

bool open_fails(const char *function, const void *caller, int flags)
{
    return fails(error_of(function, caller, {flags & O_CREAT ? ENOSPC : EMFILE, EIO}));
}

/* Nothing of it is written or read in part, and no disk is behind it. */
bool is_eventfd(int file)
{
    static const char wanted[] = "anon_inode:[eventfd]";
    char link[32];
    char target[sizeof(wanted)] = "";

    std::snprintf(link, sizeof(link), "/proc/self/fd/%d", file);
    return REAL(readlink)(link, target, sizeof(target)) == sizeof(wanted) - 1 &&
           !std::memcmp(target, wanted, sizeof(wanted) - 1);
}

int read_error(const void *caller, int file)
{
    if (is_eventfd(file))
        return error_of("read", caller, {EINTR, EAGAIN});
    return error_of("read", caller, {EIO, EINTR, only_a_part});
}

int write_error(const void *caller, int file)
{
    if (is_eventfd(file))
        return error_of("write", caller, {EINTR});
    return error_of("write", caller, {ENOSPC, EIO, EINTR, only_a_part});
}

} // namespace

extern "C" {

int open64(const char *path, int flags, ...)
{
    std::va_list arguments;
    mode_t mode = 0;

    va_start(arguments, flags);
    if (flags & O_CREAT)
        mode = va_arg(arguments, mode_t);
    va_end(arguments);
    return open_fails("open", CALLER, flags) ? -1 : REAL(open64)(path, flags, mode);
}

int openat64(int directory, const char *path, int flags, ...)
{
    std::va_list arguments;
    mode_t mode = 0;

    va_start(arguments, flags);
    if (flags & O_CREAT)
        mode = va_arg(arguments, mode_t);
    va_end(arguments);
    return open_fails("openat", CALLER, flags) ? -1 : REAL(openat64)(directory, path, flags, mode);
}

ssize_t read(int file, void *data, std::size_t size)
{
    int error = read_error(CALLER, file);

    return transfer(error, size, [&](std::size_t part) { return REAL(read)(file, data, part); });
}

ssize_t write(int file, const void *data, std::size_t size)
{
    int error = write_error(CALLER, file);

    return transfer(error, size, [&](std::size_t part) { return REAL(write)(file, data, part); });
}

ssize_t getrandom(void *data, std::size_t size, unsigned int flags)
{
    int error = error_of("getrandom", CALLER, {ENOSYS, EINTR, only_a_part});

    return transfer(error, size,
                    [&](std::size_t part) { return REAL(getrandom)(data, part, flags); });
}

/* The descriptor is closed whatever it returns. */
int close(int file)
{
    int error = error_of("close", CALLER, {EIO, EINTR});
    int closed = REAL(close)(file);

    return fails(error) ? -1 : closed;
}

void *mmap64(void *address, std::size_t size, int protection, int flags, int file, off64_t offset)
{
    if (fails(error_of("mmap", CALLER, {ENOMEM})))
        return MAP_FAILED;
    return REAL(mmap64)(address, size, protection, flags, file, offset);
}

int mkdir(const char *path, mode_t mode)
{
    return fails(error_of("mkdir", CALLER, {ENOSPC, EACCES})) ? -1 : REAL(mkdir)(path, mode);
}

int mkdirat(int directory, const char *path, mode_t mode)
{
    if (fails(error_of("mkdirat", CALLER, {ENOSPC})))
        return -1;
    return REAL(mkdirat)(directory, path, mode);
}

char *mkdtemp(char *pattern)
{
    return fails(error_of("mkdtemp", CALLER, {ENOSPC, EACCES})) ? nullptr : REAL(mkdtemp)(pattern);
}

int ftruncate64(int file, off64_t size)
{
    return fails(error_of("ftruncate", CALLER, {ENOSPC})) ? -1 : REAL(ftruncate64)(file, size);
}

int stat64(const char *path, struct stat64 *status)
{
    return fails(error_of("stat", CALLER, {EIO})) ? -1 : REAL(stat64)(path, status);
}

int fstat64(int file, struct stat64 *status)
{
    return fails(error_of("fstat", CALLER, {EIO})) ? -1 : REAL(fstat64)(file, status);
}

int fstatat64(int directory, const char *path, struct stat64 *status, int flags)
{
    if (fails(error_of("fstatat", CALLER, {EIO})))
        return -1;
    return REAL(fstatat64)(directory, path, status, flags);
}

int memfd_create(const char *name, unsigned int flags)
{
    return fails(error_of("memfd_create", CALLER, {EMFILE})) ? -1 : REAL(memfd_create)(name, flags);
}

int fallocate64(int file, int mode, off64_t offset, off64_t size)
{
    if (fails(error_of("fallocate", CALLER, {ENOSPC})))
        return -1;
    return REAL(fallocate64)(file, mode, offset, size);
}

int madvise(void *address, std::size_t size, int advice) noexcept
{
    return fails(error_of("madvise", CALLER, {EAGAIN})) ? -1 : REAL(madvise)(address, size, advice);
}

int fstatfs64(int file, struct statfs64 *status) noexcept
{
    return fails(error_of("fstatfs", CALLER, {EIO})) ? -1 : REAL(fstatfs64)(file, status);
}

ssize_t readlink(const char *path, char *target, std::size_t size) noexcept
{
    return fails(error_of("readlink", CALLER, {ENOENT})) ? -1 : REAL(readlink)(path, target, size);
}

DIR *fdopendir(int directory)
{
    return fails(error_of("fdopendir", CALLER, {ENOMEM})) ? nullptr : REAL(fdopendir)(directory);
}

FILE *fopen64(const char *path, const char *mode)
{
    return fails(error_of("fopen", CALLER, {EMFILE})) ? nullptr : REAL(fopen64)(path, mode);
}

std::size_t fwrite(const void *data, std::size_t size, std::size_t count, FILE *file)
{
    if (file != stderr && fails(error_of("fwrite", CALLER, {ENOSPC})))
        return 0;
    return REAL(fwrite)(data, size, count, file);
}

int fclose(FILE *file)
{
    int error = error_of("fclose", CALLER, {ENOSPC});
    int closed = REAL(fclose)(file);

    return fails(error) ? EOF : closed;
}
}
