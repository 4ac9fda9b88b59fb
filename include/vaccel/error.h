/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_ERROR_H
#define VACCEL_ERROR_H

/*
 * What a call returns. 0 is success; everything else is a Linux errno value, so that strerror()
 * knows it: that of the same name, but for ESESS (ECONNRESET, "Connection reset by peer") and
 * EBACKEND (EPROTO, "Protocol error"). The numbers are fixed for ever.
 */
enum {
    VACCEL_OK = 0,
    VACCEL_EPERM = 1,    /* not allowed now: library not initialised, resource not registered */
    VACCEL_ENOENT = 2,   /* no such file, id, plugin or operation */
    VACCEL_EIO = 5,      /* reading or writing failed */
    VACCEL_ENOEXEC = 8,  /* a file that should hold code or a model does not */
    VACCEL_EBADF = 9,    /* a descriptor went bad */
    VACCEL_EAGAIN = 11,  /* try again later */
    VACCEL_ENOMEM = 12,  /* out of memory */
    VACCEL_EACCES = 13,  /* the operator does not allow it */
    VACCEL_EFAULT = 14,  /* an address that cannot be used */
    VACCEL_EBUSY = 16,   /* in use by the very thread that asks */
    VACCEL_EEXIST = 17,  /* exists already */
    VACCEL_ENODEV = 19,  /* the accelerator is not there */
    VACCEL_ENOTDIR = 20, /* not a directory */
    VACCEL_EINVAL = 22,  /* an argument makes no sense */
    VACCEL_ENOSPC = 28,  /* no room on the disk or in a table */
    VACCEL_EROFS = 30,   /* read-only file system */
    VACCEL_EMLINK = 31,  /* too many links */
    VACCEL_ERANGE = 34,  /* the room given is too small; the size needed is told */
    VACCEL_ENAMETOOLONG = 36, /* a path or name is too long */
    VACCEL_ENOSYS = 38,       /* a symbol or function does not exist */
    VACCEL_ELOOP = 40,        /* calls nested too deeply */
    VACCEL_EBACKEND = 71,     /* the plugin or the function behind it failed */
    VACCEL_ELIBBAD = 80,      /* a shared library that is no plugin */
    VACCEL_EUSERS = 87,       /* too many ids */
    VACCEL_ENOTSUP = 95,      /* no loaded plugin does this */
    VACCEL_ESESS = 104,       /* no such session or resource any more, or library not initialised */
    VACCEL_EINPROGRESS = 115, /* under way */
    VACCEL_EREMOTEIO = 121    /* the remote side or the network failed */
};

#endif
