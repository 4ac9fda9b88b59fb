/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STREAM_ADDRESS_H
#define STREAM_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Where an agent listens and a client connects:
 *
 *   unix:///path          a socket in the file system; the path is absolute
 *   tcp://host:port       also tcp://[v6]:port
 *   vsock://cid:port      numbers; to listen at each of the machine's, the cid is "any"
 *   vhost-user:///path    to listen alone: a socket as unix://, where a VMM finds a virtio device.
 *                         Behind "?id=" may stand its virtio id; else it is that of a disk
 *   vhost-vsock:///path   as vhost-user, and the device is a vsock. Behind "?" may stand the cid of its
 *                         guest, the port of the agent, or both: "cid=5&port=65500"
 *   hybrid-vsock:///path?port=N
 *                         a port of a virtual machine whose vsock is a unix socket at that path. To
 *                         connect: what listens within the machine. To listen: for what comes from
 *                         there; a directory's name may be "*" then, and each path is a machine
 *
 * What goes wrong comes back as a VACCEL_E code, with a sentence in @why.
 */
enum { ADDRESS_WHY_SIZE = 512 }; /* holds any of the sentences */

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Whether it can be understood: VACCEL_OK or VACCEL_EINVAL. To listen, a host is a number and port 0
 * is any that is free.
 */
int address_check(const char *address, bool listening, char *why, size_t why_size);

/* The virtio id of the device that is to be found at a correct address; 0: it is no device's. */
uint32_t address_device(const char *address);

/* What the guest of a vsock sees: its own cid, and the port at which it finds the agent. */
struct address_vsock {
    uint32_t cid;
    uint32_t port;
};

/* False: the correct address to listen at is of no vsock device. */
bool address_vsock(const char *address, struct address_vsock *vsock);

/* The path of the unix socket at a correct address to listen at. False, and none: it is no such. */
bool address_path(const char *address, char *path, size_t size);

/* The path, with any "*", and the port of machines to listen for. False, and none: it is no such. */
bool address_machines(const char *address, char *path, size_t size, uint32_t *port);

/*
 * Connect to it, trying all that a host's name stands for. The time to look up the name does not
 * count. Where nobody listens, or there is no file yet, it is tried again until the time is over, but
 * for tcp.
 * @timeout_ms  for all attempts together; 0: one, as long as the system tries
 * @fd          blocking, closed on exec; set on success alone
 */
int address_connect(const char *address, unsigned int timeout_ms, int *fd, char *why,
                    size_t why_size);

/*
 * Listen there. A file that a socket of the past left behind is replaced, and the new one has mode
 * 0600; the umask is changed for a moment. Who connects to one that is no device's cannot send descriptors along (EPERM),
 * from Linux 6.16 on. VACCEL_EBUSY if another process listens there.
 * @fd  not blocking, closed on exec; set on success alone
 */
int address_listen(const char *address, int *fd, char *why, size_t why_size);

/* The same, at a path that the sentences call @called. */
int address_listen_as(const char *called, const char *address, int *fd, char *why, size_t why_size);

/* The address at which @fd listens in fact: "tcp://127.0.0.1:4711", also after port 0. */
void address_describe(int fd, char *buf, size_t size);

/* Who connected: "unix uid 0 pid 123", "tcp 127.0.0.1:4711", "tcp [::1]:4711", "vsock 5:1234". */
void address_describe_peer(int fd, char *buf, size_t size);

#ifdef __cplusplus
}
#endif

#endif
