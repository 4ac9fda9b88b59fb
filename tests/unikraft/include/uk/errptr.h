/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_UK_ERRPTR_H
#define STAND_IN_UK_ERRPTR_H

/* Small negative numbers as pointers. */
#define ERR2PTR(error) ((void *)(long)(error))
#define PTRISERR(pointer) ((long)(pointer) < 0 && (long)(pointer) >= -512)

#endif
