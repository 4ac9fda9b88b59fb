/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/address_parts.h"

/* Both at once: another thread may fork at any moment. */
int address_socket(int family)
{
    return socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}
