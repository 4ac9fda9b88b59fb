/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"

#include <stdio.h>

int platform_format(char *buf, size_t size, const char *format, va_list arguments)
{
    return vsnprintf(buf, size, format, arguments);
}
