/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"

#include "vaccel/error.h"

/* What is asked of files to write, where guests have none: those of the archive, and of Unikraft's file system. */

int platform_file_create(const char *path, const void *data, size_t size)
{
    (void)path;
    (void)data;
    (void)size;
    return VACCEL_ENOTSUP;
}

int platform_file_remove(const char *path)
{
    (void)path;
    return VACCEL_ENOTSUP;
}

int platform_directory_make(const char *path, bool parents)
{
    (void)path;
    (void)parents;
    return VACCEL_ENOTSUP;
}

int platform_directory_remove(const char *path)
{
    (void)path;
    return VACCEL_ENOTSUP;
}

int platform_run_base(char *path, size_t size)
{
    (void)path;
    (void)size;
    return VACCEL_ENOTSUP;
}
