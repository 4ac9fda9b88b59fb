/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_ERRNO_H
#define GUEST_ERRNO_H

/* Those that a function here or a VACCEL_E code stands for; the numbers are Linux's. */
#define EPERM 1
#define ENOENT 2
#define EINTR 4
#define EIO 5
#define ENOEXEC 8
#define EBADF 9
#define EAGAIN 11
#define EWOULDBLOCK EAGAIN
#define ENOMEM 12
#define EACCES 13
#define EFAULT 14
#define EBUSY 16
#define EEXIST 17
#define ENODEV 19
#define ENOTDIR 20
#define EISDIR 21
#define EINVAL 22
#define ENOSPC 28
#define EROFS 30
#define EMLINK 31
#define EPIPE 32
#define ERANGE 34
#define ENAMETOOLONG 36
#define ENOSYS 38
#define ELOOP 40
#define ENODATA 61
#define EPROTO 71
#define ELIBBAD 80
#define EUSERS 87
#define EOPNOTSUPP 95
#define ENOTSUP EOPNOTSUPP
#define ECONNRESET 104
#define EINPROGRESS 115
#define EREMOTEIO 121

extern int errno;

#endif
