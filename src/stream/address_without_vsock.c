/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/address_vsock.h"

/* No address is of vsock but one that is refused here. */

const char *vsock_parse(const char *text, bool listening, struct address_parts *parts)
{
    (void)text;
    (void)listening;
    (void)parts;
    return "this program was built without vsock: write unix:///path or tcp://host:port";
}

socklen_t vsock_place(const struct address_parts *parts, struct sockaddr_storage *place)
{
    (void)parts;
    (void)place;
    return 0;
}

void vsock_set_patience(int fd, int family, int ms)
{
    (void)fd;
    (void)family;
    (void)ms;
}

bool vsock_describe(const struct sockaddr *address, const char *before, char *buf, size_t size)
{
    (void)address;
    (void)before;
    (void)buf;
    (void)size;
    return false;
}
