/* SPDX-License-Identifier: Apache-2.0 */

/* Exceptions: all with an error code, then their number. */
    .set NR_EXCEPTIONS, 32
    .set WITH_CODE, 0x60227d00 /* 8, 10 to 14, 17, 21, 29, 30 */

    .text
    .balign 16
    .globl interrupts_exceptions
interrupts_exceptions:
    .set number, 0
    .rept NR_EXCEPTIONS
    .balign 16
    .if !((WITH_CODE >> number) & 1)
    pushq $0
    .endif
    pushq $number
    jmp exception
    .set number, number + 1
    .endr

exception:
    movq %rsp, %rdi
    cld
    andq $-16, %rsp
    call interrupts_exception

/* The rest only leave a note for who sleeps. */
    .set END_OF_INTERRUPT, 0xfee000b0

    .macro note name, flag
    .globl \name
\name:
    pushq %rax
    movl $1, \flag(%rip)
    movl $END_OF_INTERRUPT, %eax
    movl $0, (%rax)
    popq %rax
    iretq
    .endm

    note interrupts_device, interrupts_by_device
    note interrupts_timer, interrupts_by_timer

    .globl interrupts_spurious
interrupts_spurious:
    iretq

    .section .note.GNU-stack, "", @progbits
