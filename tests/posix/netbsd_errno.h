/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_POSIX_NETBSD_ERRNO_H
#define TESTS_POSIX_NETBSD_ERRNO_H

/* Some errors as NetBSD counts them; everything of the test is compiled with it. */
#include <errno.h>

#undef EAGAIN
#undef EOPNOTSUPP
#undef ENOTSUP
#undef ELOOP
#undef ENAMETOOLONG
#undef EDQUOT
#undef ENOSYS
#define EAGAIN 35
#define EOPNOTSUPP 45
#define ELOOP 62
#define ENAMETOOLONG 63
#define EDQUOT 69
#define ENOSYS 78
#define ENOTSUP 86

#endif
