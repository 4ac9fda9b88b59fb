# SPDX-License-Identifier: Apache-2.0
"""A vhost-user device that returns what it is sent, reversed. With its magic it is an accelerator."""
import array
import ctypes
import mmap
import os
import select
import socket
import struct
import threading
import time

HEADER = struct.Struct('<III')
(GET_FEATURES, SET_FEATURES, SET_MEM_TABLE, SET_VRING_NUM, SET_VRING_ADDR, SET_VRING_BASE,
 GET_VRING_BASE, SET_VRING_KICK, SET_VRING_CALL, SET_VRING_ERR, GET_PROTOCOL_FEATURES,
 SET_VRING_ENABLE, GET_CONFIG) = 1, 2, 5, 8, 9, 10, 11, 12, 13, 14, 15, 18, 24
REPLY, VERSION = 4, 1
EVENT_IDX, PROTOCOL_FEATURES, VERSION_1, F_CONFIG = 1 << 29, 1 << 30, 1 << 32, 1 << 9
NEXT, WRITE = 1, 2
MAGIC = struct.pack('<IHH12s', 0x4c434156, 1, 0, b'test')


class Memory:
    """The guest's, by its own addresses and by the front end's."""

    def __init__(self, body, fds):
        self.regions = []
        for i, fd in enumerate(fds):
            guest, size, front, offset = struct.unpack_from('<QQQQ', body, 8 + 32 * i)
            self.regions.append((guest, front, size, offset, mmap.mmap(fd, offset + size)))
            os.close(fd)

    def find(self, address, column):
        for region in self.regions:
            if region[column] <= address < region[column] + region[2]:
                return region[4], address - region[column] + region[3]
        raise ValueError(f'no memory at {address:#x}')


class Ring:
    """A split queue, served whenever it is kicked."""

    def __init__(self, delay):
        self.delay = delay
        self.size, self.base, self.kick, self.call, self.memory = 0, 0, None, None, None
        self.parts = {}
        self.features = 0

    def read(self, part, offset, layout):
        memory, start = self.parts[part]
        return struct.unpack_from(layout, memory, start + offset)

    def write(self, part, offset, layout, *values):
        memory, start = self.parts[part]
        struct.pack_into(layout, memory, start + offset, *values)

    def publish(self, part, offset, value):
        """The guest may look at any moment: the bytes of the number come at once, and nothing before them."""
        memory, start = self.parts[part]
        ctypes.c_uint16.from_buffer(memory, start + offset).value = value & 0xffff

    def chain(self, head):
        """The bytes to read, and where there is room to write."""
        data, room = b'', []
        while True:
            address, size, flags, following = self.read('desc', 16 * head, '<QIHH')
            memory, start = self.memory.find(address, 0)
            if flags & WRITE:
                room.append((memory, start, size))
            else:
                data += memory[start:start + size]
            if not flags & NEXT:
                return data, room
            head = following

    def answer(self, head):
        data, room = self.chain(head)
        left = data[::-1]
        for memory, start, size in room:
            part, left = left[:size], left[size:]
            memory[start:start + len(part)] = part
        return len(data) - len(left)

    def serve(self):
        while (idx := self.read('avail', 2, '<H')[0]) != self.base:
            while self.base != idx:
                head = self.read('avail', 4 + 2 * (self.base % self.size), '<H')[0]
                time.sleep(self.delay)
                written = self.answer(head)
                used = self.read('used', 2, '<H')[0]
                self.write('used', 4 + 8 * (used % self.size), '<II', head, written)
                self.publish('used', 2, used + 1)
                self.base = (self.base + 1) & 0xffff
                self.interrupt(used)
            self.publish('used', 4 + 8 * self.size, self.base)

    def interrupt(self, old):
        event = self.read('avail', 4 + 2 * self.size, '<H')[0]
        if self.call is not None and (not self.features & EVENT_IDX or event == old):
            os.eventfd_write(self.call, 1)


class FakeDevice(threading.Thread):
    def __init__(self, path, config_at=36, config=MAGIC, delay=0):
        super().__init__(daemon=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()
        self.config = bytearray(256)
        self.config[20:24] = struct.pack('<I', 512)
        self.config[config_at:config_at + len(config)] = config
        self.ring = Ring(delay)
        self.asked = []
        self.error = None

    def run(self):
        connection, _ = self.listener.accept()
        with connection:
            try:
                while self.wait(connection):
                    self.message(connection)
            except (ConnectionError, EOFError):
                pass
            except Exception as error:  # pylint: disable=broad-except
                self.error = error

    def wait(self, connection):
        """Until there is a message, serving the ring."""
        while True:
            kick = [] if self.ring.kick is None else [self.ring.kick]
            ready, _, _ = select.select([connection, *kick], [], [])
            if self.ring.kick in ready:
                os.eventfd_read(self.ring.kick)
                self.ring.serve()
            if connection in ready:
                return True

    def message(self, connection):
        fds = array.array('i')
        data, ancillary, _, _ = connection.recvmsg(HEADER.size, socket.CMSG_SPACE(64))
        if len(data) < HEADER.size:
            raise EOFError
        for _, _, raw in ancillary:
            fds.frombytes(raw)
        request, _, size = HEADER.unpack(data)
        body = connection.recv(size, socket.MSG_WAITALL) if size else b''
        self.asked.append(request)
        answer = self.handle(request, body, list(fds))
        if answer is not None:
            connection.sendall(HEADER.pack(request, REPLY | VERSION, len(answer)) + answer)

    def handle(self, request, body, fds):
        if request == GET_FEATURES:
            return struct.pack('<Q', EVENT_IDX | PROTOCOL_FEATURES | VERSION_1)
        if request == GET_PROTOCOL_FEATURES:
            return struct.pack('<Q', F_CONFIG)
        if request == GET_CONFIG:
            offset, size, flags = struct.unpack_from('<III', body)
            return struct.pack('<III', offset, size, flags) + self.config[offset:offset + size]
        if request == GET_VRING_BASE:
            self.ring.kick = None
            return struct.pack('<II', 0, self.ring.base)
        self.set(request, body, fds)
        return None

    def set(self, request, body, fds):
        ring = self.ring
        if request == SET_FEATURES:
            ring.features = struct.unpack('<Q', body)[0]
        elif request == SET_MEM_TABLE:
            ring.memory = Memory(body, fds)
        elif request == SET_VRING_NUM:
            ring.size = struct.unpack('<II', body)[1]
        elif request == SET_VRING_BASE:
            ring.base = struct.unpack('<II', body)[1]
        elif request == SET_VRING_ADDR:
            _, _, desc, used, avail, _ = struct.unpack('<IIQQQQ', body)
            ring.parts = {name: ring.memory.find(address, 1)
                          for name, address in (('desc', desc), ('avail', avail), ('used', used))}
        elif request == SET_VRING_KICK:
            ring.kick = fds[0] if fds else None
        elif request == SET_VRING_CALL:
            ring.call = fds[0] if fds else None
        elif request == SET_VRING_ENABLE and ring.kick is not None:
            ring.serve()
