/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/hosted/error_code.h"
#include "vaccel/error.h"

#include <errno.h>
#include <stddef.h>

int hosted_error_code(int error)
{
    /* By their names: the numbers are Linux's, and others have others. */
    static const struct {
        int error;
        int code;
    } codes[] = {
        {EPERM, VACCEL_EPERM},        {ENOENT, VACCEL_ENOENT}, {ENOEXEC, VACCEL_ENOEXEC},
        {EBADF, VACCEL_EBADF},        {EAGAIN, VACCEL_EAGAIN}, {ENOMEM, VACCEL_ENOMEM},
        {EACCES, VACCEL_EACCES},      {EFAULT, VACCEL_EFAULT}, {EBUSY, VACCEL_EBUSY},
        {EEXIST, VACCEL_EEXIST},      {ENODEV, VACCEL_ENODEV}, {ENOTDIR, VACCEL_ENOTDIR},
        {EINVAL, VACCEL_EINVAL},      {ENOSPC, VACCEL_ENOSPC}, {EROFS, VACCEL_EROFS},
        {EMLINK, VACCEL_EMLINK},      {ERANGE, VACCEL_ERANGE}, {ENAMETOOLONG, VACCEL_ENAMETOOLONG},
        {ENOSYS, VACCEL_ENOSYS},      {ELOOP, VACCEL_ELOOP},   {ENOTSUP, VACCEL_ENOTSUP},
        {EOPNOTSUPP, VACCEL_ENOTSUP}, {EDQUOT, VACCEL_ENOSPC},
    };

    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (codes[i].error == error)
            return codes[i].code;
    return VACCEL_EIO;
}
