# SPDX-License-Identifier: Apache-2.0
"""Guest memory that is none, goes away, or changes while calls run."""
import contextlib
import mmap
import os
import socket
import struct
import time

import after
import client
import front
import victim
import wire
from device_good import MINMAX, UNTIL_LET_GO, place_arguments, placed
from front import Gone
from guest import Missing
from memory import Memory, PAGE, Region

AWAY = (client.Closed, Gone, ConnectionError, TimeoutError, Missing, AssertionError)


class Made:
    """A region as it is told, whatever the file is."""

    def __init__(self, fd, guest=0x40000000, size=1 << 20, front=0x7f0000000000, offset=0):
        self.fd, self.guest, self.size, self.front, self.offset = fd, guest, size, front, offset


def tried(agent, regions, fds=None):
    """A memory table that may be refused, then all that comes after it. True if it was taken."""
    with agent.front() as machine:
        machine.negotiate()
        machine.place_ring()
        machine.set_features()
        try:
            machine.send(front.SET_MEM_TABLE, front.memory_table(regions),
                         [one.fd for one in regions] if fds is None else fds)
            machine.set_ring()
            machine.set_eventfds()
            machine.enable()
            machine.kick()
            machine.ask(front.GET_FEATURES)
            time.sleep(0.02)
            taken = True
        except Gone:
            taken = False
    agent.is_usable_soon()
    return taken


def test_files_that_are_no_memory(agent):
    reading, writing = os.pipe()
    one, other = socket.socketpair()
    fds = [reading, writing, os.open('/dev/null', os.O_RDWR), os.open('/dev/zero', os.O_RDWR),
           os.open('/proc/self/maps', os.O_RDONLY), os.open('/', os.O_RDONLY), os.eventfd(0),
           os.open(agent.log_file, os.O_RDONLY)]
    try:
        for fd in [*fds, one.fileno()]:
            tried(agent, [Made(fd)])
    finally:
        for fd in fds:
            os.close(fd)
        one.close(), other.close()


def test_files_that_are_too_short(agent):
    for size in (0, 1, PAGE, (1 << 20) - PAGE):
        fd = os.memfd_create('short')
        os.ftruncate(fd, size)
        tried(agent, [Made(fd)])
        os.close(fd)


def test_numbers_that_are_no_region(agent):
    fd = os.memfd_create('wrong')
    os.ftruncate(fd, 1 << 20)
    most = (1 << 64) - 1
    try:
        for how in ({'size': 0}, {'size': most}, {'size': 1 << 63}, {'size': 1},
                    {'offset': most}, {'offset': most - (1 << 20) + 1}, {'offset': 1}, {'offset': 1 << 63},
                    {'guest': most}, {'guest': most - (1 << 20) + 1}, {'guest': 1},
                    {'front': most}, {'front': most - (1 << 20) + 1}, {'front': 3},
                    {'size': (1 << 64) - PAGE, 'offset': PAGE}):
            tried(agent, [Made(fd, **how)])
    finally:
        os.close(fd)


def test_regions_that_overlap(agent):
    fd = os.memfd_create('overlapping')
    os.ftruncate(fd, 4 << 20)
    size = 1 << 20
    try:
        for guest, place in ((0, 0x10000000), (size - PAGE, 0x10000000), (0x10000000, 0),
                             (0x10000000, size - PAGE), (PAGE, PAGE), (-PAGE, -PAGE)):
            tried(agent, [Made(fd), Made(fd, guest=0x40000000 + guest, front=0x7f0000000000 + place)])
    finally:
        os.close(fd)


def test_counts_of_regions(agent):
    fd = os.memfd_create('many')
    os.ftruncate(fd, 1 << 20)
    regions = [Made(fd, guest=0x40000000 + (i << 20), front=0x7f0000000000 + (i << 20))
               for i in range(9)]
    try:
        for nr_regions, given, fds in ((9, 9, 9), (8, 9, 9), (0xffffffff, 8, 8), (9, 8, 8), (2, 1, 1)):
            with agent.front() as machine:
                machine.negotiate()
                machine.send(front.SET_MEM_TABLE, front.memory_table(regions[:given], nr_regions),
                             [fd] * fds)
                try:
                    machine.ask(front.GET_FEATURES)
                except Gone:
                    pass
            agent.is_usable_soon()
        tried(agent, [], [])
        tried(agent, regions[:8])
    finally:
        os.close(fd)


def test_memory_of_several_regions(agent):
    """Arguments in each of them."""
    regions = [Region(0x40000000, 4 << 20)]
    regions += [Region(0x100000000 + (i << 28), 1 << 20, front=0x600000000000 + (i << 32), offset=i << 16)
                for i in range(7)]
    memory = Memory(regions=regions)
    try:
        with agent.guest(memory=memory) as guest:
            session = guest.begin()
            for one in regions[1:]:
                placed(guest, session, list(range(100)), places={0: one.guest, 4: one.guest + 65536})
                last = one.guest + one.size - 832
                placed(guest, session, list(range(100)), places={0: last, 4: one.guest + 64})
    finally:
        memory.close()


def test_memory_that_can_only_be_read(agent):
    """The file was opened so: it is refused, or the device is not served."""
    memory = Memory()
    fd = os.open(f'/proc/self/fd/{memory.regions[0].fd}', os.O_RDONLY)
    try:
        tried(agent, [Made(fd, size=memory.regions[0].size, offset=memory.regions[0].offset)])
    finally:
        os.close(fd)
        memory.close()


def shrinks(agent, when, size):
    """The file loses its bytes; whoever uses it must live with that."""
    memory = Memory(sealed=False)
    try:
        with agent.guest(memory=memory) as guest:
            session = guest.begin()
            room = memory.alloc(4 << 20, PAGE)
            when(guest, session, room)
            memory.regions[0].view = Gap()
            os.ftruncate(memory.regions[0].fd, size)
            guest.front.kick()
            time.sleep(0.2)
    except AWAY:
        pass
    finally:
        memory.close()
    agent.is_usable_soon()


class Gap:
    """Instead of the view of a file that shrank: we do not look at it any more either."""

    def close(self):
        pass

    def __getitem__(self, _):
        raise client.Closed()

    __setitem__ = None


def test_memory_that_shrinks_at_rest(agent):
    for size in (0, PAGE, 3 << 20):
        shrinks(agent, lambda guest, session, room: None, size)


def test_memory_that_shrinks_under_a_call(agent):
    """A plugin works in place, and will write where nothing is."""
    def begin(guest, session, room):
        read, write = place_arguments(list(range(1000)), milliseconds=100)
        guest.start_call(session, read, write, op=MINMAX, places={0: room, 4: room + (2 << 20)})
        time.sleep(0.05)

    for size in (0, 4 << 20, 3 << 20):
        shrinks(agent, begin, size)


def test_memory_with_holes(agent):
    """A balloon punched them: they are zeros, and nothing is amiss."""
    memory = Memory(sealed=False)
    try:
        with agent.guest(memory=memory) as guest:
            session = guest.begin()
            room = memory.alloc(1 << 20, PAGE)
            placed(guest, session, list(range(1000)), places={0: room, 4: room + (1 << 19)})
            memory.regions[0].view.madvise(mmap.MADV_REMOVE, room - memory.regions[0].guest, 1 << 20)
            placed(guest, session, list(range(1000)), places={0: room, 4: room + (1 << 19)})
    finally:
        memory.close()


def wait_for_begin(guest, place):
    """Until the plugin has written its mark, in place."""
    client.wait_until(lambda: guest.memory.read(place, 8) == struct.pack('<d', -1), guest.patience,
                      'the plugin does not begin, or not in place')


def test_a_table_that_changes_during_a_call(agent):
    """The call goes on with the old memory; new ones have the new, at the same addresses."""
    old = Memory()
    new = Memory(regions=[Region(old.regions[0].guest, old.regions[0].size,
                                 offset=old.regions[0].offset)])
    try:
        with agent.guest(memory=old) as guest:
            session = guest.begin()
            place = old.alloc(8 * 1000, PAGE)
            read, write = place_arguments(list(range(1000)), UNTIL_LET_GO, 5)
            call = guest.start_call(session, read, write, op=MINMAX, places={4: place})
            chain = guest.chains[call]
            wait_for_begin(guest, place)
            new.regions[0].view[:] = old.regions[0].view[:]
            new.fill(place, 8000, 0xab)
            assert guest.front.set_memory(new.regions) == 0
            guest.memory = guest.front.memory = new
            guest.ring.look_at(new)
            new.next = old.next
            other = guest.start_call(session)
            assert guest.answer(other).status == 0
            old.write(place + 8, struct.pack('<d', 1))
            guest.wait(chain)
            assert old.read(place, 8000) == struct.pack('<1000d', *range(5, 1005))
            assert new.read(place, 8000) == b'\xab' * 8000
    finally:
        old.close()
        new.close()


def test_the_same_table_again_and_again(agent):
    """While calls run."""
    with agent.guest() as guest:
        session = guest.begin()
        for _ in range(100):
            calls = [guest.start_call(session) for _ in range(3)]
            assert guest.front.set_memory() == 0
            for call in calls:
                assert guest.answer(call).status == 0


def test_memory_that_comes_and_goes(agent):
    """A region is plugged in and out, beside the one that has the ring."""
    with agent.guest() as guest:
        session, kept = guest.begin(), list(guest.memory.regions)
        for i in range(20):
            more = Region(0x100000000, 1 << 20, front=0x600000000000 + (i << 30))
            guest.memory.regions.append(more)
            assert guest.front.set_memory() == 0
            places = {0: more.guest, 4: more.guest + 65536}
            placed(guest, session, list(range(100)), places=places)
            guest.memory.regions.remove(more)
            assert guest.front.set_memory(kept) == 0
            more.close()
            chain = guest.post(guest.chain(wire.PING, 5000))
            assert guest.message_of(guest.wait(chain)).header['status'] == 0


def test_a_table_without_the_ring(agent):
    """The queue is not served until there is a table that has it, or the front end is told to go."""
    with agent.guest() as guest:
        other = Region(0x100000000, 1 << 20, front=0x600000000000)
        try:
            guest.front.send(front.SET_MEM_TABLE, front.memory_table([other]), [other.fd])
            guest.front.kick()
            time.sleep(0.05)
            with contextlib.suppress(Gone):
                after.restart(guest)
        finally:
            other.close()


if __name__ == '__main__':
    victim.main(__name__)
