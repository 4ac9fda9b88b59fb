/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_UK_CONFIG_H
#define STAND_IN_UK_CONFIG_H

/*
 * What an image is configured as. As there, what is off is not defined. What the build of the tests chooses,
 * by -D, is CONFIG_PAGING, CONFIG_LIBUKVMEM, CONFIG_LIBVFSCORE and CONFIG_LIBPOSIX_ENVIRON.
 */
#define CONFIG_UKPLAT_LCPU_MAXCOUNT 1
#define CONFIG_LIBVACCEL_DEVICE_ID 63
#define CONFIG_LIBVACCEL_ADDRESS ""

#endif
