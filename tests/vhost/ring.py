# SPDX-License-Identifier: Apache-2.0
"""The driver of a split virtqueue, in which every field can be written by hand."""
import ctypes
import select
import struct
import time

NEXT, WRITE, INDIRECT = 1, 2, 4
DESC = struct.Struct('<QIHH')
U16, U32 = ctypes.c_uint16, ctypes.c_uint32
NO_INTERRUPT = 1


def descriptors(readable, writable, numbers=None):
    """Those of segments (address, size), packed, chained in the order of @numbers, else from 0 on."""
    count = len(readable) + len(writable)
    numbers = numbers or range(count)
    for i, (address, size) in enumerate([*readable, *writable]):
        flags = (WRITE if i >= len(readable) else 0) | (NEXT if i < count - 1 else 0)
        yield DESC.pack(address, size, flags, numbers[i + 1] if flags & NEXT else 0)


def table_of(readable, writable):
    """An indirect one."""
    return b''.join(descriptors(readable, writable))


class Ring:
    """
    Of a front end that has placed it. What a test writes into descriptors by hand is its own affair.
    """

    def __init__(self, front):
        self.front = front
        self.size = front.queue_size
        self.look_at(front.memory)
        self.begin()

    def look_at(self, memory):
        """The ring lies there, at the same addresses."""
        self.memory = memory
        self.desc, avail, used = self.front.places
        self.avail_flags = self.memory.numbers(avail, 1, U16)
        self.avail_idx = self.memory.numbers(avail + 2, 1, U16)
        self.avail_ring = self.memory.numbers(avail + 4, self.size, U16)
        self.used_event = self.memory.numbers(avail + 4 + 2 * self.size, 1, U16)
        self.used_flags = self.memory.numbers(used, 1, U16)
        self.used_idx = self.memory.numbers(used + 2, 1, U16)
        self.used_ring = self.memory.numbers(used + 4, 2 * self.size, U32)
        self.avail_event = self.memory.numbers(used + 4 + 8 * self.size, 1, U16)

    def begin(self):
        """As after a reset: all is zeros."""
        for part, size in zip(self.front.places, (16, 2, 8)):
            self.memory.write(part, bytes(size * self.size + (6 if size < 16 else 0)))
        self.next_avail = self.next_used = 0
        self.free = list(range(self.size))
        self.chains = {}  # numbers of the descriptors of chains in flight, by head

    def write_desc(self, number, address, size, flags=0, next=0):
        self.memory.write(self.desc + 16 * number, DESC.pack(address, size, flags, next))

    def take(self, count):
        assert count <= len(self.free), 'the test needs a larger queue'
        numbers, self.free = self.free[:count], self.free[count:]
        self.chains[numbers[0]] = numbers
        return numbers

    def make(self, readable, writable):
        """A chain that nobody knows of yet; returns its head."""
        numbers = self.take(len(readable) + len(writable))
        for number, packed in zip(numbers, descriptors(readable, writable, numbers)):
            self.memory.write(self.desc + DESC.size * number, packed)
        return numbers[0]

    def make_indirect(self, readable, writable):
        table = table_of(readable, writable)
        address = self.memory.alloc(len(table), 16)
        self.memory.write(address, table)
        head, = self.take(1)
        self.write_desc(head, address, len(table), INDIRECT)
        return head

    def announce(self, head, kick=True):
        """Make it available."""
        self.avail_ring[self.next_avail % self.size] = head
        self.next_avail = (self.next_avail + 1) & 0xffff
        self.avail_idx[0] = self.next_avail
        if kick:
            self.front.kick()

    def post(self, readable, writable=(), kick=True, indirect=False):
        head = (self.make_indirect if indirect else self.make)(readable, writable)
        self.announce(head, kick)
        return head

    def take_used(self):
        """Heads and lengths that came back since this was asked last."""
        found = []
        while self.next_used != self.used_idx[0]:
            place = 2 * (self.next_used % self.size)
            head, length = self.used_ring[place], self.used_ring[place + 1]
            found.append((head, length))
            self.free += self.chains.pop(head, [])
            self.next_used = (self.next_used + 1) & 0xffff
        return found

    def wait_used(self, seconds):
        """The same, once there is something; an empty list if there was nothing for so long."""
        end = time.monotonic() + seconds
        while True:
            self.used_event[0] = self.next_used
            found = self.take_used()
            if found or time.monotonic() > end:
                return found
            select.select([self.front.call_fd], [], [], 0.02)
            self.front.was_called()
