/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_UK_PRIO_H
#define STAND_IN_UK_PRIO_H

#define UK_PRIO_EARLIEST 0
#define UK_PRIO_AFTER(priority) ((priority) + 1)

#endif
