/* SPDX-License-Identifier: Apache-2.0 */
#include "boot_protocol.h"

/*
 * Two ways in. A monitor that knows PVH finds the note, and enters in 32-bit protected mode without
 * paging, %ebx the address of struct hvm_start_info. One that knows the Linux 64-bit boot protocol
 * enters at the ELF entry, in long mode, %rsi the address of struct boot_params. Both go on in
 * machine_start().
 */

    .section .note.pvh, "a", @note
    .balign 4
    .long 4, 8, 18 /* XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .quad pvh_entry

    .set CR0, 0x80010033 /* PG, WP, NE, ET, MP, PE */
    .set CR4, 0x00000620 /* OSXMMEXCPT, OSFXSR, PAE */
    .set EFER, 0xc0000080
    .set EFER_LME, 0x100

    .text
    .code32
pvh_entry:
    cli
    cld
    movl $bss_start, %edi
    movl $bss_words, %ecx
    xorl %eax, %eax
    rep stosl

    /* The first GiB, where it is; memory_begin() adds the rest. */
    movl $memory_first_directory, %edi
    movl $512, %ecx
    movl $0x83, %eax /* present, writable, 2 MiB */
1:  movl %eax, (%edi)
    addl $0x200000, %eax
    addl $8, %edi
    loop 1b
    movl $memory_first_directory + 3, memory_first_pointers
    movl $memory_first_pointers + 3, memory_map_root

    movl $memory_map_root, %eax
    movl %eax, %cr3
    movl $CR4, %eax
    movl %eax, %cr4
    movl $EFER, %ecx
    rdmsr
    orl $EFER_LME, %eax
    wrmsr
    movl $CR0, %eax
    movl %eax, %cr0
    lgdt gdt_register
    ljmp $BOOT_CODE_SELECTOR, $1f

    .code64
1:  movl $BOOT_BY_PVH, %edi
    movl %ebx, %esi
    jmp start

    .globl linux_entry
linux_entry:
    cli
    cld
    movq %rsi, %rbx
    movl $bss_start, %edi
    movl $bss_words, %ecx
    xorl %eax, %eax
    rep stosl
    movl $CR0, %eax
    movq %rax, %cr0
    movl $CR4, %eax
    movq %rax, %cr4
    lgdt gdt_register
    movl $BOOT_BY_LINUX, %edi
    movq %rbx, %rsi

start:
    movl $BOOT_DATA_SELECTOR, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    xorl %eax, %eax
    movl %eax, %fs
    movl %eax, %gs
    movl $stack_top, %esp
    pushq $BOOT_CODE_SELECTOR
    pushq $1f
    lretq
1:  xorl %ebp, %ebp
    call machine_start
    ud2

    .data
    .balign 8
    .globl boot_gdt
boot_gdt:
    .quad 0
    .quad 0x00af9b000000ffff /* BOOT_CODE_SELECTOR */
    .quad 0x00cf93000000ffff /* BOOT_DATA_SELECTOR */
    .quad 0, 0               /* BOOT_TASK_SELECTOR, by interrupts_begin() */
gdt_end:
gdt_register:
    .word gdt_end - boot_gdt - 1
    .quad boot_gdt

    .section .note.GNU-stack, "", @progbits
