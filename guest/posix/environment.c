/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"
#include "hosted/constructor.h"

#include <stdlib.h>
#include <string.h>

/*
 * A linker takes from an archive what is referred to, and nobody refers to a constructor. This file is in
 * every program that uses the library, and so is that one.
 */
__attribute__((used)) static void (*const begin)(void) = constructor_begin;

/* The one plugin that such a program has needs no naming. */
const char *platform_environment(const char *name)
{
    const char *value = getenv(name);

    return value || strcmp(name, "VACCEL_PLUGINS") != 0 ? value : "rpc";
}
