/* SPDX-License-Identifier: Apache-2.0 */
#include "core/error_text.h"
#include "vaccel/error.h"

#include <stddef.h>

static const struct {
    int code;
    const char *text;
} texts[] = {
    {VACCEL_OK, "success"},
    {VACCEL_EPERM, "not permitted"},
    {VACCEL_ENOENT, "it does not exist"},
    {VACCEL_EIO, "reading or writing failed"},
    {VACCEL_ENOEXEC, "it holds no code or model"},
    {VACCEL_EBADF, "a bad descriptor"},
    {VACCEL_EAGAIN, "try again later"},
    {VACCEL_ENOMEM, "out of memory"},
    {VACCEL_EACCES, "access denied"},
    {VACCEL_EFAULT, "a bad address"},
    {VACCEL_EBUSY, "in use"},
    {VACCEL_EEXIST, "it exists already"},
    {VACCEL_ENODEV, "no such device"},
    {VACCEL_ENOTDIR, "part of the path is not a directory"},
    {VACCEL_EINVAL, "not valid"},
    {VACCEL_ENOSPC, "no room left"},
    {VACCEL_EROFS, "the file system is read-only"},
    {VACCEL_EMLINK, "too many links"},
    {VACCEL_ERANGE, "too little room given"},
    {VACCEL_ENAMETOOLONG, "the name is too long"},
    {VACCEL_ENOSYS, "no such function"},
    {VACCEL_ELOOP, "nested too deeply"},
    {VACCEL_EBACKEND, "the plugin failed"},
    {VACCEL_ELIBBAD, "not a plugin"},
    {VACCEL_EUSERS, "too many ids"},
    {VACCEL_ENOTSUP, "not supported"},
    {VACCEL_ESESS, "no such session"},
    {VACCEL_EINPROGRESS, "under way"},
    {VACCEL_EREMOTEIO, "the remote side failed"},
};

const char *error_text(int error)
{
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (texts[i].code == error)
            return texts[i].text;
    return "an unknown error";
}
