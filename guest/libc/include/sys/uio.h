/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_SYS_UIO_H
#define GUEST_SYS_UIO_H

#include <sys/types.h>

struct iovec {
    void *iov_base;
    size_t iov_len;
};

#endif
