/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation, with failures. The blocks are the C library's. */
#include "state.hpp"

#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <dlfcn.h>
#include <new>

extern "C" {
void *__libc_malloc(std::size_t size);
void *__libc_calloc(std::size_t count, std::size_t size);
void *__libc_realloc(void *block, std::size_t size);
void *__libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void *block);
}

#define CALLER __builtin_return_address(0)

namespace
{

bool fails(const char *function, const void *caller)
{
    static const int no_memory = ENOMEM;

    if (!fault(Kind::memory, function, caller, &no_memory, 1))
        return false;
    errno = ENOMEM;
    return true;
}

void *kept(void *block, const void *caller)
{
    remember(block, caller);
    return block;
}

void *resize(void *block, std::size_t size, const void *caller)
{
    bool ours = forget(block);
    void *resized = __libc_realloc(block, size);

    if (!resized && ours && size)
        remember(block, caller);
    return kept(resized, caller);
}

void *make_new(std::size_t size, std::size_t alignment, const void *caller)
{
    if (fails("operator new", caller))
        return nullptr;
    if (alignment <= alignof(std::max_align_t))
        return kept(__libc_malloc(size ? size : 1), caller);
    return kept(__libc_memalign(alignment, size ? size : 1), caller);
}

void *made_or_thrown(void *block)
{
    if (!block)
        throw std::bad_alloc();
    return block;
}

} // namespace

extern "C" {

void *malloc(std::size_t size)
{
    return fails("malloc", CALLER) ? nullptr : kept(__libc_malloc(size), CALLER);
}

void *calloc(std::size_t count, std::size_t size)
{
    return fails("calloc", CALLER) ? nullptr : kept(__libc_calloc(count, size), CALLER);
}

void *realloc(void *block, std::size_t size)
{
    return fails("realloc", CALLER) ? nullptr : resize(block, size, CALLER);
}

void *reallocarray(void *block, std::size_t count, std::size_t size)
{
    std::size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes) || fails("reallocarray", CALLER)) {
        errno = ENOMEM;
        return nullptr;
    }
    return resize(block, bytes, CALLER);
}

void *aligned_alloc(std::size_t alignment, std::size_t size)
{
    return fails("aligned_alloc", CALLER) ? nullptr
                                          : kept(__libc_memalign(alignment, size), CALLER);
}

int posix_memalign(void **block, std::size_t alignment, std::size_t size)
{
    void *made = fails("posix_memalign", CALLER) ? nullptr : __libc_memalign(alignment, size);

    if (!made)
        return ENOMEM;
    *block = kept(made, CALLER);
    return 0;
}

void free(void *block)
{
    int saved = errno;

    if (block)
        forget(block);
    __libc_free(block);
    errno = saved;
}

/* The C library calls malloc() in these on behalf of their caller. */

char *strdup(const char *text)
{
    std::size_t size = std::strlen(text) + 1;
    void *copy = fails("strdup", CALLER) ? nullptr : kept(__libc_malloc(size), CALLER);

    return copy ? static_cast<char *>(std::memcpy(copy, text, size)) : nullptr;
}

int asprintf(char **text, const char *format, ...)
{
    std::va_list arguments;
    int length;

    if (fails("asprintf", CALLER))
        return -1;
    va_start(arguments, format);
    length = vasprintf(text, format, arguments);
    va_end(arguments);
    if (length >= 0)
        remember(*text, CALLER);
    return length;
}

int scandir64(const char *path, struct dirent64 ***names, int (*chosen)(const struct dirent64 *),
              int (*compare)(const struct dirent64 **, const struct dirent64 **))
{
    using function = decltype(&scandir64);
    static const auto real = reinterpret_cast<function>(dlsym(RTLD_NEXT, "scandir64"));

    return fails("scandir", CALLER) ? -1 : real(path, names, chosen, compare);
}
}

void *operator new(std::size_t size)
{
    return made_or_thrown(make_new(size, 1, CALLER));
}

void *operator new[](std::size_t size)
{
    return made_or_thrown(make_new(size, 1, CALLER));
}

void *operator new(std::size_t size, std::align_val_t alignment)
{
    return made_or_thrown(make_new(size, static_cast<std::size_t>(alignment), CALLER));
}

void *operator new[](std::size_t size, std::align_val_t alignment)
{
    return made_or_thrown(make_new(size, static_cast<std::size_t>(alignment), CALLER));
}

void *operator new(std::size_t size, const std::nothrow_t &) noexcept
{
    return make_new(size, 1, CALLER);
}

void *operator new[](std::size_t size, const std::nothrow_t &) noexcept
{
    return make_new(size, 1, CALLER);
}

void operator delete(void *block) noexcept
{
    free(block);
}

void operator delete(void *block, std::size_t) noexcept
{
    free(block);
}

void operator delete[](void *block) noexcept
{
    free(block);
}

void operator delete[](void *block, std::size_t) noexcept
{
    free(block);
}

void operator delete(void *block, std::align_val_t) noexcept
{
    free(block);
}

void operator delete(void *block, std::size_t, std::align_val_t) noexcept
{
    free(block);
}
