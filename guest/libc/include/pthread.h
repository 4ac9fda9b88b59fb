/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_PTHREAD_H
#define GUEST_PTHREAD_H

/* vaccel.h includes it on every host, but a guest has one thread, and nothing in the headers needs more. */

#endif
