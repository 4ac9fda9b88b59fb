/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_UK_ARCH_TYPES_H
#define STAND_IN_UK_ARCH_TYPES_H

#include <stdint.h>

typedef uint8_t __u8;
typedef uint16_t __u16;
typedef uint32_t __u32;
typedef uint64_t __u64;
typedef uint64_t __nsec;
typedef unsigned long __sz;
typedef unsigned long __vaddr_t;
typedef unsigned long __paddr_t;
typedef unsigned long __pte_t;

#endif
