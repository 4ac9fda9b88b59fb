/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/address_vsock.h"

#include <linux/vm_sockets.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

const char *vsock_parse(const char *text, bool listening, struct address_parts *parts)
{
    const char *colon = strchr(text, ':');
    char cid[sizeof("4294967295")] = "";

    parts->family = AF_VSOCK;
    if (!colon || !address_read_number(colon + 1, UINT32_MAX, &parts->port))
        return "the port must be a number of 32 bits: write vsock://cid:port";
    if ((size_t)(colon - text) < sizeof(cid))
        memcpy(cid, text, (size_t)(colon - text));
    if (strcmp(cid, "any") == 0)
        parts->cid = VMADDR_CID_ANY;
    else if (!address_read_number(cid, UINT32_MAX, &parts->cid))
        return "the cid must be a number of 32 bits: 2 is the host, and guests have their own";
    if (parts->cid == VMADDR_CID_ANY && !listening)
        return "nobody can be reached at any cid: 2 is the host, and guests have their own";
    return NULL;
}

socklen_t vsock_place(const struct address_parts *parts, struct sockaddr_storage *place)
{
    struct sockaddr_vm *address = (struct sockaddr_vm *)place;

    address->svm_family = AF_VSOCK;
    address->svm_cid = parts->cid;
    address->svm_port = parts->port;
    return sizeof(*address);
}

/* It gives up by itself after two seconds. */
void vsock_set_patience(int fd, int family, int ms)
{
    struct timeval patience = {.tv_sec = ms / 1000 + 1};

    if (family == AF_VSOCK && ms > 0)
        setsockopt(fd, AF_VSOCK, SO_VM_SOCKETS_CONNECT_TIMEOUT, &patience, sizeof(patience));
}

bool vsock_describe(const struct sockaddr *address, const char *before, char *buf, size_t size)
{
    const struct sockaddr_vm *vsock = (const struct sockaddr_vm *)address;

    if (address->sa_family != AF_VSOCK)
        return false;
    if (vsock->svm_cid == VMADDR_CID_ANY)
        snprintf(buf, size, "%sany:%u", before, vsock->svm_port);
    else
        snprintf(buf, size, "%s%u:%u", before, vsock->svm_cid, vsock->svm_port);
    return true;
}
