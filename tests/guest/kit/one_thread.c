/* SPDX-License-Identifier: Apache-2.0 */
#include "threads.h"

struct group group_of_threads(void)
{
    return (struct group){"threads", NULL, "the machine has one thread"};
}
