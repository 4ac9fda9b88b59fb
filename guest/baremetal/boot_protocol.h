/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_BAREMETAL_BOOT_PROTOCOL_H
#define GUEST_BAREMETAL_BOOT_PROTOCOL_H

/* Numbers that boot.S and C share. */

#define BOOT_BY_PVH 0
#define BOOT_BY_LINUX 1

#define BOOT_CODE_SELECTOR 0x08
#define BOOT_DATA_SELECTOR 0x10
#define BOOT_TASK_SELECTOR 0x18

#endif
