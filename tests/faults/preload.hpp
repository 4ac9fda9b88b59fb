/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTS_PRELOAD_HPP
#define FAULTS_PRELOAD_HPP

#include "state.hpp"

#include <cerrno>
#include <dlfcn.h>
#include <sys/types.h>

/* For functions that stand before those of the C library, of the same name. */

#define CALLER __builtin_return_address(0)
#define REAL(function) (real<decltype(&::function)>(#function))

template <typename Function> Function real(const char *name)
{
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

template <std::size_t N>
int error_of(Kind kind, const char *function, const void *caller, const int (&errors)[N])
{
    return fault(kind, function, caller, errors, N);
}

inline bool fails(int error)
{
    if (error)
        errno = error;
    return error != 0;
}

/* What is transferred of @size bytes: all, one, half of them, or nothing. */
template <typename Transfer> ssize_t transfer(int error, std::size_t size, Transfer &&some)
{
    if (error == at_end)
        return 0;
    if (error == only_a_part)
        return some(size ? 1 : 0);
    if (error == part_and_death) {
        some(size / 2);
        die();
    }
    return fails(error) ? -1 : some(size);
}

#endif
