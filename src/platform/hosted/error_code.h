/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLATFORM_HOSTED_ERROR_CODE_H
#define PLATFORM_HOSTED_ERROR_CODE_H

/* The VACCEL_E code of an errno value, that of the same name; what vAccel does not know is EIO. */
int hosted_error_code(int error);

#endif
