/* SPDX-License-Identifier: Apache-2.0 */

/* A guest that counts for a moment, and says that it has: so the host sees how fast it was. */

    .section .note.pvh, "a", @note
    .balign 4
    .long 4, 8, 18 /* XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .quad linux_entry

    .text
    .code32
    .globl linux_entry
linux_entry:
    movl $100000000, %ecx
1:  decl %ecx
    jnz 1b
    movl $41, %eax /* as machine_exit() says 0 */
    movw $0x501, %dx
    outw %ax, %dx
    hlt

    .section .note.GNU-stack, "", @progbits
