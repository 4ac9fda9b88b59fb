/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/address_parts.h"
#include "stream/address.h"
#include "stream/address_vsock.h"
#include "vaccel/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

static const char forms[] = "write unix:///path, tcp://host:port, vsock://cid:port or "
                            "hybrid-vsock:///path?port=number";

/* A larger id has no number on PCI. */
enum { DEVICE_DISK = 2, DEVICE_VSOCK = 19, DEVICE_MOST = 63 };

/* Of a vsock where the address does not say: the first cid that a guest may have, and the agent's port. */
enum { CID_LEAST = 3, PORT_DEFAULT = 65500 };

int address_fail(int code, char *why, size_t why_size, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(why, why_size, format, arguments);
    va_end(arguments);
    return code;
}

bool address_read_number(const char *text, uint32_t most, uint32_t *number)
{
    unsigned long long value;
    size_t digits = strspn(text, "0123456789");

    if (!digits || text[digits])
        return false;
    errno = 0;
    value = strtoull(text, NULL, 10);
    *number = (uint32_t)value;
    return !errno && value <= most;
}

static const char *parse_unix(const char *path, struct address_parts *parts)
{
    size_t length = strlen(path);

    parts->family = AF_UNIX;
    if (path[0] != '/' || path[length - 1] == '/')
        return "the path must begin with / and name a file: write unix:///run/agent.sock";
    if (length >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
        return "a socket's path may have 107 bytes: choose a shorter one";
    memcpy(parts->host, path, length + 1);
    return NULL;
}

static bool copy_host(struct address_parts *parts, const char *host, size_t length,
                      const char *allowed)
{
    if (!length || length >= sizeof(parts->host) || strspn(host, allowed) < length)
        return false;
    memcpy(parts->host, host, length);
    return true;
}

#define LETTERS_AND_DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

static const char *parse_tcp(const char *text, bool listening, struct address_parts *parts)
{
    const char *colon = strrchr(text, ':');

    parts->is_bracketed = text[0] == '[';
    if (!colon || !address_read_number(colon + 1, UINT16_MAX, &parts->port))
        return "the port must be a number up to 65535: write tcp://host:port";
    if (!parts->port && !listening)
        return "there is no port 0: write the one at which the agent listens";
    if (!parts->is_bracketed)
        return copy_host(parts, text, (size_t)(colon - text), LETTERS_AND_DIGITS "-._")
                   ? NULL
                   : "the host is none: write a name, a number or a [number of IPv6]";
    if (colon[-1] != ']' ||
        !copy_host(parts, text + 1, (size_t)(colon - text) - 2, LETTERS_AND_DIGITS ":.%-_"))
        return "the number of IPv6 is none: write tcp://[::1]:port";
    return NULL;
}

/* A path of unix:// may have a question mark in it, one of a device may not. */
static const char *parse_device_path(const char *text, size_t length, struct address_parts *parts)
{
    char path[sizeof(parts->host)];

    if (length >= sizeof(path))
        return "a socket's path may have 107 bytes: choose a shorter one";
    memcpy(path, text, length);
    path[length] = '\0';
    return parse_unix(path, parts);
}

static const char *parse_device(const char *text, bool listening, struct address_parts *parts)
{
    static const char id[] = "?id=";
    size_t length = strcspn(text, "?");

    if (!listening)
        return "it is for an agent to listen at: a program connects to virtio:///path";
    parts->device = DEVICE_DISK;
    if (text[length] &&
        (strncmp(text + length, id, sizeof(id) - 1) != 0 ||
         !address_read_number(text + length + sizeof(id) - 1, DEVICE_MOST, &parts->device)))
        return "behind the path may stand ?id= and a virtio id from 1 to 63, and nothing else";
    if (!parts->device)
        return "there is no virtio id 0: write one up to 63, or leave ?id= away";
    if (text[length] && parts->device == DEVICE_DISK)
        return "virtio id 2 is a disk, which the device is taken for anyway: leave ?id= away";
    if (parts->device == DEVICE_VSOCK)
        return "virtio id 19 is a vsock, which this device is not: choose another one";
    return parse_device_path(text, length, parts);
}

/* One of "cid=5" and "port=65500", to the next '&' or the end. NULL: it is none. */
static const char *parse_vsock_option(const char *text, struct address_parts *parts)
{
    bool is_cid = strncmp(text, "cid=", 4) == 0;
    bool is_port = strncmp(text, "port=", 5) == 0;
    const char *value = text + (is_cid ? 4 : 5);
    char number[sizeof("4294967295")] = "";
    size_t length;

    if (!is_cid && !is_port)
        return NULL;
    length = strcspn(value, "&");
    if (length >= sizeof(number))
        return NULL;
    memcpy(number, value, length);
    if (!address_read_number(number, UINT32_MAX - 1, is_cid ? &parts->cid : &parts->port))
        return NULL;
    return value + length;
}

static const char *parse_vsock_device(const char *text, bool listening, struct address_parts *parts)
{
    size_t length = strcspn(text, "?");
    const char *option = text + length;

    if (!listening)
        return "it is for an agent to listen at: the VM's programs connect to vsock://2:port";
    parts->device = DEVICE_VSOCK;
    parts->cid = CID_LEAST;
    parts->port = PORT_DEFAULT;
    while (option && *option)
        option = parse_vsock_option(option + 1, parts);
    if (!option)
        return "behind the path may stand ?cid=5&port=65500, numbers below 4294967295, or one of "
               "the two";
    if (parts->cid < CID_LEAST)
        return "cids up to 2 are not a guest's: write one from 3 on";
    return parse_device_path(text, length, parts);
}

/* @name  one of a path's, with @length bytes */
static const char *fault_of_name(const char *name, size_t length)
{
    enum { LONGEST_SOCKET = 64 };
    bool is_last = !name[length];

    if (!length || (length <= 2 && strspn(name, ".") >= length))
        return "the path must be one without empty names, . and ..";
    if (strcspn(name, "*") < length && (length > 1 || is_last))
        return "a * stands for the whole name of a directory: write /run/vms/*/vm.sock";
    if (is_last && length > LONGEST_SOCKET)
        return "the name of the socket may have 64 bytes: choose a shorter one";
    return NULL;
}

/* The path may be longer than a socket's, as the agent goes there directory by directory. */
static const char *parse_machines(const char *path, struct address_parts *parts)
{
    const char *fault = path[0] == '/' ? NULL : "the path must begin with /";
    const char *slash = path;
    size_t length;

    for (; *slash == '/' && !fault; slash += 1 + length) {
        length = strcspn(slash + 1, "/");
        fault = fault_of_name(slash + 1, length);
    }
    memcpy(parts->host, path, strlen(path) + 1);
    parts->family = AF_UNIX;
    return fault;
}

static const char *parse_hybrid(const char *text, bool listening, struct address_parts *parts)
{
    static const char port[] = "?port=";
    char path[sizeof(parts->host)] = "";
    size_t length = strcspn(text, "?");

    if (strncmp(text + length, port, sizeof(port) - 1) != 0 ||
        !address_read_number(text + length + sizeof(port) - 1, UINT32_MAX, &parts->port))
        return "behind the path must stand ?port= and a number of 32 bits";
    if (length >= sizeof(path))
        return "the path may have 255 bytes: choose a shorter one";
    memcpy(path, text, length);
    parts->is_hybrid = true;
    if (listening)
        return parse_machines(path, parts);
    if (path[strcspn(path, "*")])
        return "nobody can be reached at any path: write that of one machine's socket";
    return parse_unix(path, parts);
}

static const char *after(const char *address, const char *scheme)
{
    size_t length = strlen(scheme);

    return strncmp(address, scheme, length) == 0 ? address + length : NULL;
}

int address_parse(const char *address, bool listening, struct address_parts *parts, char *why,
                  size_t why_size)
{
    const char *fault = forms;
    const char *rest;

    memset(parts, 0, sizeof(*parts));
    if ((rest = after(address, "unix://")))
        fault = parse_unix(rest, parts);
    else if ((rest = after(address, "tcp://")))
        fault = parse_tcp(rest, listening, parts);
    else if ((rest = after(address, "vsock://")))
        fault = vsock_parse(rest, listening, parts);
    else if ((rest = after(address, "vhost-user://")))
        fault = parse_device(rest, listening, parts);
    else if ((rest = after(address, "hybrid-vsock://")))
        fault = parse_hybrid(rest, listening, parts);
    else if ((rest = after(address, "vhost-vsock://")))
        fault = parse_vsock_device(rest, listening, parts);
    if (!fault)
        return VACCEL_OK;
    return address_fail(VACCEL_EINVAL, why, why_size, "the address \"%.200s\" is wrong: %s",
                        address, fault);
}

uint32_t address_device(const char *address)
{
    char why[ADDRESS_WHY_SIZE];
    struct address_parts parts;

    return address_parse(address, true, &parts, why, sizeof(why)) ? 0 : parts.device;
}

bool address_vsock(const char *address, struct address_vsock *vsock)
{
    char why[ADDRESS_WHY_SIZE];
    struct address_parts parts;

    if (address_parse(address, true, &parts, why, sizeof(why)) || parts.device != DEVICE_VSOCK)
        return false;
    *vsock = (struct address_vsock){parts.cid, parts.port};
    return true;
}

bool address_path(const char *address, char *path, size_t size)
{
    char why[ADDRESS_WHY_SIZE];
    struct address_parts parts;
    bool is_path = !address_parse(address, true, &parts, why, sizeof(why)) &&
                   parts.family == AF_UNIX && !parts.is_hybrid;

    snprintf(path, size, "%s", is_path ? parts.host : "");
    return is_path;
}

bool address_machines(const char *address, char *path, size_t size, uint32_t *port)
{
    char why[ADDRESS_WHY_SIZE];
    struct address_parts parts;
    bool is_such = !address_parse(address, true, &parts, why, sizeof(why)) && parts.is_hybrid;

    snprintf(path, size, "%s", is_such ? parts.host : "");
    *port = is_such ? parts.port : 0;
    return is_such;
}

int address_check(const char *address, bool listening, char *why, size_t why_size)
{
    struct address_places places;
    struct address_parts parts;
    int error = address_parse(address, listening, &parts, why, why_size);

    /* To look up a name takes time, and it can change. */
    if (error || !listening || parts.is_hybrid)
        return error;
    error = address_find_places(address, listening, &places, why, why_size);
    if (!error)
        address_places_free(&places);
    return error;
}
