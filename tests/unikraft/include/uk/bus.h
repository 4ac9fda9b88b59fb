/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_UK_BUS_H
#define STAND_IN_UK_BUS_H

#define UK_BUS_REGISTER_PRIO 0

#endif
