# SPDX-License-Identifier: Apache-2.0
"""Front ends that break the rules, beside a fake worker: test_front_end.py AGENT [PART OF A NAME]"""
import os
import socket
import sys
import time

import tap
from device import DeviceTest
import front as vhost
from front import Channel, STATE, U64
from harness import PATIENCE, until
from memory import Memory, Region

STOP = 7
LINES_A_SECOND = 10


class TestWrongFrontEnds(DeviceTest):
    """Each is disconnected with a line that says why, and the next one is served."""

    def setUp(self):
        super().setUp()
        self.worker = self.begin()
        self.before = self.descriptors()

    def assert_ended(self, front, why):
        self.assertTrue(self.reads_to_end(front), why)
        front.close()
        self.assert_logged(f'{self.address}: unix uid {os.getuid()} pid {os.getpid()} does not keep to '
                           f'vhost-user: {why}')
        until(lambda: self.descriptors() == self.before)

    @staticmethod
    def reads_to_end(front):
        try:
            while front.socket.recv(4096):
                pass
            return True
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False

    def refused(self, why, *messages):
        front = self.front()
        front.place_ring()
        for message in messages:
            front.send(*message)
        self.assert_ended(front, why)
        time.sleep(0.15)  # for lines of the log, of which there are 10 a second

    def test_headers(self):
        self.refused('version in the flags of the header 0', (vhost.GET_FEATURES, b'', (), 0))
        self.refused('reply to nothing 1', (vhost.GET_FEATURES, b'', (), 5))
        self.refused('size of the body 4294967295', (vhost.GET_FEATURES, b'', (), 1, 0xffffffff))

    def test_sizes(self):
        for request, name, body, size in ((vhost.SET_FEATURES, 'SET_FEATURES', 7, 8),
                                          (vhost.SET_VRING_ADDR, 'SET_VRING_ADDR', 39, 40),
                                          (vhost.GET_FEATURES, 'GET_FEATURES', 8, 0),
                                          (vhost.GET_VRING_BASE, 'GET_VRING_BASE', 0, 8)):
            self.refused(f'{name}: its body has {body} bytes, and must have {size}', (request, bytes(body)))
        self.refused('SET_MEM_TABLE: 0 bytes do not hold 0 regions', (vhost.SET_MEM_TABLE, b''))
        self.refused('SET_MEM_TABLE: 40 bytes do not hold 2 regions',
                     (vhost.SET_MEM_TABLE, STATE.pack(2, 0) + bytes(32)))
        self.refused('GET_CONFIG: 12 bytes do not hold 1 of', (vhost.GET_CONFIG, vhost.CONFIG.pack(0, 1, 0)))
        self.refused('GET_CONFIG: 12 bytes do not hold 4294967295 of',
                     (vhost.GET_CONFIG, vhost.CONFIG.pack(0, 0xffffffff, 0)))
        self.refused('GET_CONFIG: 0 bytes do not hold', (vhost.GET_CONFIG, b''))

    def test_unknown_requests(self):
        for request in (0, vhost.SET_LOG_BASE, 21, vhost.GET_MAX_MEM_SLOTS, vhost.GET_STATUS, 0xffffffff):
            self.refused(f'request {request} belongs to no feature that was offered', (request,))

    def test_features(self):
        self.refused('SET_FEATURES: the features 0x100000001 were not all offered',
                     (vhost.SET_FEATURES, U64.pack(vhost.F_VERSION_1 | 1)))
        self.refused('SET_PROTOCOL_FEATURES: the features 0x2 were not all offered',
                     (vhost.SET_PROTOCOL_FEATURES, U64.pack(2)))

    def test_rings(self):
        self.refused('SET_VRING_NUM: there is no ring 1', (vhost.SET_VRING_NUM, STATE.pack(1, 64)))
        self.refused('GET_VRING_BASE: there is no ring 9', (vhost.GET_VRING_BASE, STATE.pack(9, 0)))
        for size in (0, 3, 129, 2048, 0x80000000):
            self.refused(f'SET_VRING_NUM: the ring has {size} entries',
                         (vhost.SET_VRING_NUM, STATE.pack(0, size)))
        self.refused('SET_VRING_BASE: 65536 is no index', (vhost.SET_VRING_BASE, STATE.pack(0, 65536)))
        self.refused('SET_VRING_ENABLE: 2 is neither', (vhost.SET_VRING_ENABLE, STATE.pack(0, 2)))

    def test_eventfds(self):
        reading, writing = os.pipe()
        null = os.open('/dev/null', os.O_RDWR)
        event = os.eventfd(0)
        for fd in (reading, writing, null, event):
            self.addCleanup(os.close, fd)
        for name, request in (('KICK', vhost.SET_VRING_KICK), ('CALL', vhost.SET_VRING_CALL),
                              ('ERR', vhost.SET_VRING_ERR)):
            for fd in (reading, null):
                self.refused(f'SET_VRING_{name}: the descriptor is no eventfd', (request, U64.pack(0), [fd]))
            self.refused(f'SET_VRING_{name}: 0 descriptors come', (request, U64.pack(0)))
            self.refused(f'SET_VRING_{name}: 1 descriptors come', (request, U64.pack(256), [event]))
            self.refused(f'SET_VRING_{name}: there is no ring 255', (request, U64.pack(511)))
            self.refused(f'SET_VRING_{name}: 2 descriptors come', (request, U64.pack(0), [event] * 2))

    def test_descriptors_that_do_not_belong(self):
        null = os.open('/dev/null', os.O_RDWR)
        self.addCleanup(os.close, null)
        self.refused('SET_OWNER: 3 descriptors come', (vhost.SET_OWNER, b'', [null] * 3))
        self.refused('number of descriptors', (vhost.SET_OWNER, b'', [null] * 9))
        with socket.socket() as of_another:
            self.refused('descriptor that is a socket', (vhost.SET_VRING_CALL, U64.pack(0), [of_another.fileno()]))

    def refused_memory(self, why, regions, fds=None, **more):
        body = vhost.memory_table(regions, **more)
        self.refused(f'SET_MEM_TABLE: {why}',
                     (vhost.SET_MEM_TABLE, body, [r.fd for r in regions] if fds is None else fds))

    def region(self, *args, **more):
        made = Region(*args, **more)
        self.addCleanup(made.close)
        return made

    def changed(self, **fields):
        made = self.region(0x40000000, 1 << 20)
        for name, value in fields.items():
            setattr(made, name, value)
        return made

    def test_regions(self):
        for fields in ({'size': 0},):
            self.refused_memory('a region of memory has no size', [self.changed(**fields)])
        for fields in ({'guest': 2**64 - 4096}, {'front': 2**64 - 4096}):
            self.refused_memory('a region of memory goes beyond the last address', [self.changed(**fields)])
        for fields in ({'offset': 2**64 - 4096}, {'offset': 2**63 - (1 << 20) + 1}):
            self.refused_memory('a region of memory goes beyond the end of any', [self.changed(**fields)])
        for fields in ({'offset': 1}, {'size': (1 << 20) + 1}):
            self.refused_memory('the file of a region is shorter', [self.changed(**fields)])
        one, other = self.changed(), self.changed(guest=0x400ff000)
        self.refused_memory('two regions of memory overlap in the front end', [one, self.changed(guest=0)])
        self.refused_memory('two regions of memory overlap in the guest', [one, other])
        self.refused_memory('there are 9 regions of memory, and may be 8', [one], nr_regions=9)
        self.refused_memory('0 descriptors come with 1 regions: give the VM\'s memory share=on', [one], [])
        self.refused_memory('2 descriptors come with 1 regions', [one], [one.fd] * 2)

    def test_files(self):
        one = self.region(0x40000000, 1 << 20)
        reading = os.open(f'/proc/self/fd/{one.fd}', os.O_RDONLY)
        null = os.open('/dev/zero', os.O_RDWR)
        event = os.eventfd(0)
        for fd in (reading, null, event):
            self.addCleanup(os.close, fd)
        self.refused_memory('the file of a region is not open for reading and writing', [one], [reading])
        for fd in (null, event):
            self.refused_memory('the descriptor of a region is no memory', [one], [fd])
        with socket.socket() as other:
            self.refused_memory('the descriptor of a region is no memory', [one], [other.fileno()])

    def misplaced(self, why, place):
        front = self.front()
        front.negotiate()
        front.place_ring()
        memory = front.memory.regions[0]
        desc, avail, used = place(memory, *(front.memory.front_of(at) for at in front.places))
        front.set_features()
        front.set_memory()
        front.send(vhost.SET_VRING_NUM, STATE.pack(0, 256))
        front.send(vhost.SET_VRING_ADDR, vhost.ADDRESSES.pack(0, 0, desc, used, avail, 0))
        front.send(vhost.SET_VRING_KICK, U64.pack(0), [front.kick_fd])
        self.assert_ended(front, why)

    def test_rings_elsewhere(self):
        for number, place in enumerate((
                lambda m, d, a, u: (0, a, u), lambda m, d, a, u: (d, m.front - 2, u),
                lambda m, d, a, u: (d, a, m.front + m.size), lambda m, d, a, u: (2**64 - 16, a, u),
                lambda m, d, a, u: (m.front + m.size - 16 * 256 + 16, a, u),
                lambda m, d, a, u: (d, m.front + m.size - 516, u),
                lambda m, d, a, u: (d, a, m.front + m.size - 2052),
                lambda m, d, a, u: (d + 8, a, u), lambda m, d, a, u: (d, a + 1, u),
                lambda m, d, a, u: (d, a, u + 2))):
            with self.subTest(number):
                self.misplaced('a ring does not lie in the memory', place)
                time.sleep(0.15)

    def test_a_ring_that_lies_badly_in_its_file(self):
        front = self.front(memory=Memory(regions=[Region(0x40000000, 8 << 20)]))
        front.owns_memory = True
        front.memory.regions[0].offset = 8
        os.ftruncate(front.memory.regions[0].fd, (8 << 20) + 8)
        front.negotiate()
        front.place_ring()
        front.set_features()
        self.assertEqual(front.set_memory(), 0)
        front.set_ring()
        front.set_eventfds()
        self.assert_ended(front, 'a ring does not lie in the memory')

    def moved(self, why, request, body):
        front = self.front().set_up()
        self.state_of(self.worker)
        front.send(request, body)
        self.assertEqual(self.worker.tell('receive')[0], STOP)
        self.worker.tell_last('stopped', 0)
        self.assert_ended(front, why)
        self.worker = self.agent.ready_worker()

    def test_rings_that_are_moved_while_they_run(self):
        self.moved('SET_VRING_NUM: the ring is running', vhost.SET_VRING_NUM, STATE.pack(0, 16))
        self.moved('SET_VRING_BASE: the ring is running', vhost.SET_VRING_BASE, STATE.pack(0, 16))
        self.moved('SET_VRING_ADDR: the ring is running', vhost.SET_VRING_ADDR,
                   vhost.ADDRESSES.pack(0, 0, 0, 0, 0, 0))
        self.moved('SET_FEATURES: the features change', vhost.SET_FEATURES, U64.pack(0))
        self.moved('request 99', 99, b'')

    def test_memory_that_goes_from_under_the_ring(self):
        front = self.front().set_up()
        self.state_of(self.worker)
        other = self.region(0x80000000, 1 << 20)
        front.send(vhost.SET_MEM_TABLE, vhost.memory_table([other]), [other.fd])
        self.assertEqual(self.worker.tell('receive')[0], STOP)
        self.worker.tell_last('stopped', 0)
        self.assert_ended(front, 'a ring does not lie in the memory')

    def test_many_lines_are_left_out(self):
        begun = time.monotonic()
        for _ in range(40):
            with Channel(self.path, PATIENCE) as channel:
                channel.send(99)
                self.assertTrue(channel.is_closed())
        seconds = int(time.monotonic() - begun) + 2
        self.assertLessEqual(self.agent.log.read_text().count('request 99'), seconds * LINES_A_SECOND)

    def test_one_that_does_not_read(self):
        front = self.front()
        front.socket.settimeout(1)
        with self.assertRaises((TimeoutError, ConnectionError)):
            for _ in range(2000):
                front.socket.sendall(vhost.HEADER.pack(vhost.GET_FEATURES, 1, 0) * 1000)
        self.assert_logged('the front end does not take its answers')


if __name__ == '__main__':
    sys.exit(tap.main())
