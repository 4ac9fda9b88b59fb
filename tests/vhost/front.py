# SPDX-License-Identifier: Apache-2.0
"""The front end of a vhost-user device, as a VMM is one, which says any message in any order."""
import array
import os
import socket
import struct

from memory import Memory

PATIENCE = 10.0  # seconds for an answer
VERSION, REPLY, NEED_REPLY = 1, 4, 8
(GET_FEATURES, SET_FEATURES, SET_OWNER, RESET_OWNER, SET_MEM_TABLE, SET_LOG_BASE, SET_LOG_FD,
 SET_VRING_NUM, SET_VRING_ADDR, SET_VRING_BASE, GET_VRING_BASE, SET_VRING_KICK, SET_VRING_CALL,
 SET_VRING_ERR, GET_PROTOCOL_FEATURES, SET_PROTOCOL_FEATURES, GET_QUEUE_NUM,
 SET_VRING_ENABLE) = range(1, 19)
GET_CONFIG, SET_CONFIG, GET_MAX_MEM_SLOTS, SET_STATUS, GET_STATUS = 24, 25, 36, 39, 40
ANSWERED = {GET_FEATURES, GET_VRING_BASE, GET_PROTOCOL_FEATURES, GET_QUEUE_NUM, GET_CONFIG,
            GET_MAX_MEM_SLOTS, GET_STATUS}

F_INDIRECT, F_EVENT_IDX, F_PROTOCOL_FEATURES, F_VERSION_1 = 1 << 28, 1 << 29, 1 << 30, 1 << 32
PROTOCOL_MQ, PROTOCOL_REPLY_ACK, PROTOCOL_CONFIG = 1 << 0, 1 << 3, 1 << 9
NO_FD = 1 << 8  # of a u64 that names a ring

HEADER = struct.Struct('<III')
U64 = struct.Struct('<Q')
STATE = struct.Struct('<II')
ADDRESSES = struct.Struct('<IIQQQQ')
REGION = struct.Struct('<QQQQ')
CONFIG = struct.Struct('<III')
CARRIER_CONFIG = 60  # bytes of a virtio-blk's configuration space


class Gone(Exception):
    """The device closed the socket."""


class Channel:
    """Messages and descriptors over the socket, right or wrong."""

    def __init__(self, path, patience=PATIENCE):
        """@path  None: it is not connected yet"""
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(patience)
        if path:
            self.socket.connect(str(path))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send_raw(self, data, fds=()):
        """The other side may have closed; that is for reading to find out."""
        beside = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', fds))] if fds else []
        try:
            sent = self.socket.sendmsg([data], beside)
            self.socket.sendall(data[sent:])
        except (BrokenPipeError, ConnectionResetError):
            pass

    def send(self, request, body=b'', fds=(), flags=VERSION, size=None):
        head = HEADER.pack(request, flags, len(body) if size is None else size)
        self.send_raw(head + body, fds)

    def take(self, size):
        data = b''
        while len(data) < size:
            try:
                piece = self.socket.recv(size - len(data))
            except ConnectionResetError:
                piece = b''
            if not piece:
                raise Gone(f'closed after {len(data)} of {size} bytes')
            data += piece
        return data

    def receive(self, request):
        """The body of the reply to that request."""
        told, flags, size = HEADER.unpack(self.take(HEADER.size))
        assert told == request, f'a reply to {told}, not to {request}'
        assert flags & (REPLY | 3) == REPLY | VERSION, f'flags {flags:#x}'
        return self.take(size)

    def ask(self, request, body=b'', fds=()):
        self.send(request, body, fds)
        return self.receive(request)

    def ask_u64(self, request):
        return U64.unpack(self.ask(request))[0]

    def acknowledged(self, request, body=b'', fds=()):
        """With REPLY_ACK negotiated: 0, or that it failed."""
        self.send(request, body, fds, VERSION | NEED_REPLY)
        return U64.unpack(self.receive(request))[0]

    def is_closed(self):
        """Whether the other side closes it now, without another byte."""
        try:
            return self.socket.recv(1) == b''
        except ConnectionResetError:
            return True


def memory_table(regions, nr_regions=None):
    count = len(regions) if nr_regions is None else nr_regions
    return STATE.pack(count, 0) + b''.join(
        REGION.pack(one.guest, one.size, one.front, one.offset) for one in regions)


class Front(Channel):
    """
    One machine with one queue: what a VMM says, in the order in which QEMU says it. Steps can be
    left out or repeated by calling them.
    """

    def __init__(self, path, memory=None, queue_size=256, features=F_VERSION_1 | F_INDIRECT,
                 patience=PATIENCE):
        super().__init__(path, patience)
        self.memory = memory or Memory()
        self.owns_memory = memory is None
        self.queue_size = queue_size
        self.features = features
        self.kick_fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self.call_fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self.offered = self.protocol_features = 0
        self.places = None  # of the ring: desc, avail, used; guest addresses

    def close(self):
        super().close()
        for fd in (self.kick_fd, self.call_fd):
            if fd >= 0:
                os.close(fd)
        self.kick_fd = self.call_fd = -1
        if self.owns_memory:
            self.memory.close()

    def place_ring(self):
        size = self.queue_size
        self.places = (self.memory.keep(16 * size, 4096), self.memory.keep(6 + 2 * size, 4096),
                       self.memory.keep(6 + 8 * size, 4096))

    def negotiate(self):
        """What is said once, when the VMM starts."""
        self.offered = self.ask_u64(GET_FEATURES)
        assert self.offered & F_PROTOCOL_FEATURES, f'features {self.offered:#x}'
        offered = self.ask_u64(GET_PROTOCOL_FEATURES)
        self.protocol_features = offered & (PROTOCOL_MQ | PROTOCOL_REPLY_ACK | PROTOCOL_CONFIG)
        self.send(SET_PROTOCOL_FEATURES, U64.pack(self.protocol_features))
        if offered & PROTOCOL_MQ:
            self.ask_u64(GET_QUEUE_NUM)
        self.send(SET_OWNER)

    def get_config(self, size=CARRIER_CONFIG, offset=0):
        reply = self.ask(GET_CONFIG, CONFIG.pack(offset, size, 0) + bytes(size))
        assert CONFIG.unpack_from(reply)[:2] == (offset, size), reply
        return reply[CONFIG.size:]

    def set_features(self, features=None):
        wanted = self.features if features is None else features
        self.send(SET_FEATURES, U64.pack(wanted | F_PROTOCOL_FEATURES))

    def set_memory(self, regions=None):
        regions = self.memory.regions if regions is None else regions
        body, fds = memory_table(regions), [one.fd for one in regions]
        if self.protocol_features & PROTOCOL_REPLY_ACK:
            return self.acknowledged(SET_MEM_TABLE, body, fds)
        self.send(SET_MEM_TABLE, body, fds)
        return 0

    def set_ring(self, base=0):
        desc, avail, used = (self.memory.front_of(place) for place in self.places)
        self.send(SET_VRING_NUM, STATE.pack(0, self.queue_size))
        self.send(SET_VRING_BASE, STATE.pack(0, base))
        self.send(SET_VRING_ADDR, ADDRESSES.pack(0, 0, desc, used, avail, 0))

    def set_eventfds(self):
        self.send(SET_VRING_KICK, U64.pack(0), [self.kick_fd])
        self.send(SET_VRING_CALL, U64.pack(0), [self.call_fd])

    def enable(self, on=1):
        self.send(SET_VRING_ENABLE, STATE.pack(0, on))

    def start(self, base=0):
        """DRIVER_OK."""
        self.set_features()
        assert self.set_memory() == 0, 'the memory was refused'
        self.set_ring(base)
        self.set_eventfds()
        self.enable()

    def set_up(self):
        self.negotiate()
        if not self.places:
            self.place_ring()
        self.start()
        return self

    def stop(self):
        """A reset, or the end: returns the next index in the available ring."""
        self.enable(0)
        return self.get_base()

    def get_base(self):
        return STATE.unpack(self.ask(GET_VRING_BASE, STATE.pack(0, 0)))[1]

    def kick(self):
        os.eventfd_write(self.kick_fd, 1)

    def was_called(self):
        """Whether the device interrupted since this was asked last."""
        try:
            return os.eventfd_read(self.call_fd) > 0
        except BlockingIOError:
            return False
