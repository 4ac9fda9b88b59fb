/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_SETJMP_H
#define GUEST_SETJMP_H

/* What a called function keeps, the stack and where it returns to. */
typedef unsigned long jmp_buf[8];

int setjmp(jmp_buf place) __attribute__((returns_twice));
_Noreturn void longjmp(jmp_buf place, int value);

#endif
