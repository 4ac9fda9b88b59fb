/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_THREADS_H
#define GUEST_THREADS_H

#include "../../conformance/kit.h"

/* The cases of threads, or why this guest does not run them. */
struct group group_of_threads(void);

#endif
