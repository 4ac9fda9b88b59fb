# SPDX-License-Identifier: Apache-2.0
"""Memory of a machine that does not exist: files that the device maps too."""
import ctypes
import fcntl
import mmap
import os

PAGE = 4096
KEPT = 1 << 20  # bytes at the beginning for what stays: rings, buffers of a test
F_ADD_SEALS, F_SEAL_SHRINK = 1033, 2


class Region:
    """A piece of guest memory: where it lies for the guest, for its front end and in its file."""

    def __init__(self, guest, size, front=None, offset=0, sealed=True, fd=None):
        self.guest, self.size, self.offset = guest, size, offset
        self.front = front if front is not None else 0x7f0000000000 + guest
        self.fd = fd if fd is not None else os.memfd_create('guest', os.MFD_ALLOW_SEALING)
        if fd is None:
            os.ftruncate(self.fd, offset + size)
            if sealed:
                fcntl.fcntl(self.fd, F_ADD_SEALS, F_SEAL_SHRINK)
        self.view = mmap.mmap(self.fd, size, offset=offset)

    def close(self):
        """Whatever still looks at the memory keeps it."""
        os.close(self.fd)
        try:
            self.view.close()
        except BufferError:
            pass


class Memory:
    """
    Regions, of which the first has room that is handed out: at its beginning what is kept, behind
    that what is given back all at once.
    """

    def __init__(self, size=8 << 20, guest=0x40000000, offset=0x2000, sealed=True, regions=None):
        self.regions = regions or [Region(guest, size, offset=offset, sealed=sealed)]
        first = self.regions[0]
        self.kept, self.kept_end = first.guest, first.guest + min(KEPT, first.size // 2)
        self.next, self.end = self.kept_end, first.guest + first.size

    def close(self):
        for region in self.regions:
            region.close()

    def region_of(self, address, size=1):
        for region in self.regions:
            if region.guest <= address and address + size <= region.guest + region.size:
                return region
        raise IndexError(f'{address:#x} is nowhere in guest memory')

    def front_of(self, address):
        region = self.region_of(address)
        return region.front + address - region.guest

    @staticmethod
    def aligned(address, align):
        return (address + align - 1) // align * align

    def keep(self, size, align=64):
        """Room that stays."""
        at = self.aligned(self.kept, align)
        self.kept = at + size
        assert self.kept <= self.kept_end, 'the memory is too small for this test'
        return at

    def alloc(self, size, align=64):
        """Room until free_all()."""
        at = self.aligned(self.next, align)
        self.next = at + size
        assert self.next <= self.end, 'the memory is too small for this test'
        return at

    def free_all(self):
        self.next = self.kept_end

    def is_half_full(self):
        return self.next > (self.kept_end + self.end) // 2

    def write(self, address, data):
        region = self.region_of(address, len(data))
        at = address - region.guest
        region.view[at:at + len(data)] = data

    def read(self, address, size):
        region = self.region_of(address, size)
        at = address - region.guest
        return region.view[at:at + size]

    def fill(self, address, size, byte):
        self.write(address, bytes([byte]) * size)

    def numbers(self, address, count, kind):
        """Numbers that are read and written as one, as the other side looks at them meanwhile."""
        region = self.region_of(address, count * ctypes.sizeof(kind))
        return (kind * count).from_buffer(region.view, address - region.guest)


def place_in_process(pid, region):
    """Where a process has mapped the file of a region: a list of (first address, last, offset)."""
    status = os.fstat(region.fd)
    found = []
    with open(f'/proc/{pid}/maps', encoding='utf-8') as maps:
        for line in maps:
            addresses, _, offset, _, inode, *_ = line.split()
            if int(inode) == status.st_ino and '/memfd:' in line:
                first, last = (int(word, 16) for word in addresses.split('-'))
                found.append((first, last, int(offset, 16)))
    return found
