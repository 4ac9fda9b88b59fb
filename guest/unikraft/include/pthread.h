/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_UNIKRAFT_PTHREAD_H
#define GUEST_UNIKRAFT_PTHREAD_H

/* vaccel.h includes it on every host, but nothing in the headers needs more. nolibc has none. */

#endif
