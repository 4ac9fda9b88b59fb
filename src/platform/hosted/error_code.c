/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/hosted/error_code.h"
#include "vaccel/error.h"

#include <errno.h>

int hosted_error_code(int error)
{
    switch (error) {
    case EPERM:
    case ENOENT:
    case ENOEXEC:
    case EBADF:
    case EAGAIN:
    case ENOMEM:
    case EACCES:
    case EFAULT:
    case EBUSY:
    case EEXIST:
    case ENODEV:
    case ENOTDIR:
    case EINVAL:
    case ENOSPC:
    case EROFS:
    case EMLINK:
    case ERANGE:
    case ENAMETOOLONG:
    case ENOSYS:
    case ELOOP:
    case EOPNOTSUPP:
        return error;
    case EDQUOT:
        return VACCEL_ENOSPC;
    default:
        return VACCEL_EIO;
    }
}
