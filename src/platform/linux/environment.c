/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"

#include <stdlib.h>

/* Who runs a program with another's rights does not choose its plugins. */
const char *platform_environment(const char *name)
{
    return secure_getenv(name);
}
