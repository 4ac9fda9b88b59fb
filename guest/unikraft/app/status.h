/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_UNIKRAFT_STATUS_H
#define GUEST_UNIKRAFT_STATUS_H

/*
 * What the host gets as the machine's exit status, as from the reference unikernel: by port 0x501, QEMU's
 * isa-debug-exit, which makes 83 + 2 * status of it. Unikraft itself tells 83 there, or 85 of a crash.
 */

/* Tell @status when the system has ended; above 20 as that. */
void status_keep(int status);
/* Tell what is kept, now. QEMU then ends; where there is no such device, nothing happens. */
void status_tell(void);

#endif
