# SPDX-License-Identifier: Apache-2.0
"""A guest's driver of a vsock, in which every field of a packet can be written by hand."""
import collections
import os
import socket
import time

import client
import front
import victim
import wire
from front import ADDRESSES, STATE, U64
from ring import Ring

RX, TX, EVENT = range(3)
REQUEST, RESPONSE, RST, SHUTDOWN, RW, CREDIT_UPDATE, CREDIT_REQUEST = range(1, 8)
NO_RECEIVE, NO_SEND = 1, 2
STREAM = 1
HOST, CID, PORT = 2, 5, 4711
BUFFER = 4096
PROMISED = 256 * 1024
NO_FD = 1 << 8  # of SET_VRING_KICK
NO_NOTIFY = 1   # in the used ring

HEADER = wire.Layout([('src_cid', 'Q'), ('dst_cid', 'Q'), ('src_port', 'I'), ('dst_port', 'I'),
                      ('len', 'I'), ('type', 'H'), ('op', 'H'), ('flags', 'I'), ('buf_alloc', 'I'),
                      ('fwd_cnt', 'I')])
SIZE = HEADER.size

Packet = collections.namedtuple('Packet', 'head payload')


class Queue:
    """One of several rings, which a Ring takes for its front end."""

    def __init__(self, front, size=128):
        self.front, self.queue_size = front, size
        self.memory = front.memory
        self.kick_fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self.call_fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self.places = tuple(self.memory.keep(bytes, 4096) for bytes in (16 * size, 6 + 2 * size, 6 + 8 * size))

    def close(self):
        os.close(self.kick_fd)
        os.close(self.call_fd)

    def kick(self):
        os.eventfd_write(self.kick_fd, 1)

    def was_called(self):
        try:
            return os.eventfd_read(self.call_fd) > 0
        except BlockingIOError:
            return False


class VsockFront(front.Front):
    """A VMM that hands over two rings, or all three; without eventfds for kicks the device has to look."""

    def __init__(self, path, queues=2, kicks=True, **how):
        super().__init__(path, **how)
        self.kicks = kicks
        self.queues = [Queue(self) for _ in range(queues)]

    def close(self):
        for queue in self.queues:
            queue.close()
        self.queues = []
        super().close()

    def place_ring(self):
        self.places = ()

    def set_ring(self, base=0):
        for index, queue in enumerate(self.queues):
            desc, avail, used = (self.memory.front_of(place) for place in queue.places)
            self.send(front.SET_VRING_NUM, STATE.pack(index, queue.queue_size))
            self.send(front.SET_VRING_BASE, STATE.pack(index, base))
            self.send(front.SET_VRING_ADDR, ADDRESSES.pack(index, 0, desc, used, avail, 0))

    def set_eventfds(self):
        for index, queue in enumerate(self.queues):
            if self.kicks:
                self.send(front.SET_VRING_KICK, U64.pack(index), [queue.kick_fd])
            else:
                self.send(front.SET_VRING_KICK, U64.pack(index | NO_FD))
            self.send(front.SET_VRING_CALL, U64.pack(index), [queue.call_fd])

    def enable(self, on=1):
        for index in range(len(self.queues)):
            self.send(front.SET_VRING_ENABLE, STATE.pack(index, on))

    def get_bases(self):
        return [STATE.unpack(self.ask(front.GET_VRING_BASE, STATE.pack(index, 0)))[1]
                for index in range(len(self.queues))]

    def stop(self):
        self.enable(0)
        return self.get_bases()


class Stream:
    """One of the guest's, used as a socket. It promises as much as it says, and keeps to its credit."""

    def __init__(self, guest, port, promised=PROMISED, to=PORT):
        self.guest, self.port, self.promised, self.to = guest, port, promised, to
        self.got = bytearray()
        self.taken = self.sent = 0
        self.peer = None  # the head of the last packet
        self.is_reset = self.is_shut = False
        guest.streams[port] = self

    def settimeout(self, seconds):
        """The guest's is for all."""

    def packet(self, op, payload=b'', **lies):
        self.guest.packet(op, self.port, payload, **{'dst_port': self.to, 'buf_alloc': self.promised,
                                                     'fwd_cnt': self.taken & 0xffffffff, **lies})

    def hear(self, packet):
        if self.peer and packet.head['op'] != RST:
            ahead = (packet.head['fwd_cnt'] - self.peer['fwd_cnt']) & 0xffffffff
            assert ahead <= PROMISED, f'what was taken goes from {self.peer} to {packet.head}'
        self.peer = packet.head
        self.is_reset |= packet.head['op'] == RST
        self.is_shut |= packet.head['op'] == SHUTDOWN and packet.head['flags'] & NO_SEND != 0
        self.got += packet.payload
        if packet.head['op'] == CREDIT_REQUEST:
            self.guest.asked.append(self)

    def connect(self):
        self.packet(REQUEST)
        self.guest.until(lambda: self.peer, f'no answer to the request of port {self.port}')
        if self.is_reset:
            raise ConnectionRefusedError()
        assert self.peer['op'] == RESPONSE, self.peer
        return self

    def credit(self):
        """Linux has no more on its way than it promises itself."""
        return min(self.peer['buf_alloc'], self.promised) - ((self.sent - self.peer['fwd_cnt']) & 0xffffffff)

    def sendall(self, data):
        view = memoryview(data)
        while view:
            self.guest.until(lambda: self.is_reset or self.credit() > 0, 'no credit')
            if self.is_reset:
                raise ConnectionResetError()
            size = min(len(view), self.credit(), 1 << 16)
            self.sent += size
            self.packet(RW, bytes(view[:size]))
            view = view[size:]

    def recv(self, size):
        self.guest.until(lambda: self.got or self.is_reset or self.is_shut, 'nothing comes')
        if not self.got and self.is_reset:
            raise ConnectionResetError()
        data = bytes(self.got[:size])
        del self.got[:len(data)]
        self.taken += len(data)
        if data and not self.is_reset:
            self.packet(CREDIT_UPDATE)
        return data

    def shutdown(self, how):
        self.packet(SHUTDOWN, flags={socket.SHUT_RD: NO_RECEIVE, socket.SHUT_WR: NO_SEND}.get(how, 3))

    def wait_reset(self):
        self.guest.until(lambda: self.is_reset, 'it is not reset')

    def close(self):
        """As Linux does: both ways are shut down, which the other side answers with a reset."""
        if self.guest.is_up and not self.is_reset:
            self.shutdown(socket.SHUT_RDWR)
            self.wait_reset()
        self.guest.streams.pop(self.port, None)


class Client(client.Client):
    """Over a stream, which it connects."""

    def __init__(self, stream, greet=True):
        self.socket = stream.connect()
        self.next_id, self.types, self.begun = 1, {}, {}
        if greet:
            self.welcome = self.ask(wire.HELLO, wire.hello_body()).told


class Guest:
    """A machine that is up, with buffers for packets of the host; to be used with "with"."""

    def __init__(self, made, buffers=32):
        self.front = made
        self.memory = made.memory
        self.patience = made.socket.gettimeout()
        self.rings = [Ring(queue) for queue in made.queues]
        self.streams = {}
        self.strange = []  # packets of no stream
        self.asked = []    # streams of whose credit the host asked
        self.is_sending = False
        self.posts = True  # what was used is posted again
        self.places = {}   # of buffers, by head; None of what is none
        self.next_port = 1000
        self.is_up = True
        self.room = self.memory.keep(SIZE + (1 << 16))
        for _ in range(buffers):
            self.post(self.memory.keep(SIZE + BUFFER))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.is_up = False
        self.front.close()

    def post(self, place, size=SIZE + BUFFER, kick=True):
        head = self.rings[RX].post([], [(place, SIZE), (place + SIZE, size - SIZE)], kick=kick)
        self.places[head] = place

    def use_up_buffers(self, stream):
        """From here on none is posted again by itself; returns where they are."""
        self.posts = False
        places = list(self.places.values())
        for _ in places:
            stream.packet(CREDIT_REQUEST)
        self.until(lambda: not self.places, 'they are not used')
        return places

    def packet(self, op, port, payload=b'', seconds=None, **lies):
        """Send one, and wait until it is returned."""
        told = {'src_cid': CID, 'dst_cid': HOST, 'src_port': port, 'dst_port': PORT, 'len': len(payload),
                'type': STREAM, 'op': op, 'buf_alloc': PROMISED, **lies}
        self.raw(HEADER.pack(**told) + payload, seconds)

    def raw(self, data, seconds=None):
        self.memory.write(self.room, data)
        pieces = [(self.room, min(len(data), SIZE))]
        if len(data) > SIZE:
            pieces.append((self.room + SIZE, len(data) - SIZE))
        self.rings[TX].post(pieces)
        self.wait_sent(seconds)

    def raw_at_once(self, packets):
        """Several that are there before the first is taken."""
        for data in packets:
            place = self.memory.alloc(len(data))
            self.memory.write(place, data)
            self.rings[TX].post([(place, len(data))], kick=False)
        self.rings[TX].front.kick()
        while self.rings[TX].chains:
            self.wait_sent()
        self.memory.free_all()

    def wait_sent(self, seconds=None):
        end = time.monotonic() + (self.patience if seconds is None else seconds)
        self.is_sending = True
        try:
            while not self.rings[TX].wait_used(0.02):
                self.hear(0)
                assert time.monotonic() < end, 'a packet is not returned'
        finally:
            self.is_sending = False

    def hear(self, seconds):
        """Take what has come from the host to whom it is for."""
        for head, written in self.rings[RX].wait_used(seconds):
            place = self.places.pop(head)
            if written:
                self.take(place, written)
            if self.posts and place:
                self.post(place)
        while self.asked and not self.is_sending:
            self.asked.pop().packet(CREDIT_UPDATE)

    def take(self, place, written):
        data = self.memory.read(place, written)
        assert written >= SIZE, f'a packet of {written} bytes'
        head = HEADER.unpack(data)
        assert head['len'] == written - SIZE, (head, written)
        assert (head['dst_cid'], head['type']) == (CID, STREAM) or head['op'] == RST, head
        stream = self.streams.get(head['dst_port'])
        if stream and head['src_port'] == stream.to and head['type'] == STREAM:
            stream.hear(Packet(head, data[SIZE:]))
        else:
            self.strange.append(Packet(head, data[SIZE:]))

    def until(self, true, what, seconds=None):
        end = time.monotonic() + (self.patience if seconds is None else seconds)
        while not true():
            if time.monotonic() > end:
                raise TimeoutError(what)
            self.hear(0.02)

    def stream(self, **how):
        self.next_port += 1
        return Stream(self, self.next_port, **how)

    def client(self, greet=True, **how):
        return Client(self.stream(**how), greet)


class VsockVictim(victim.Victim):
    """An agent that is a vsock."""

    scheme = 'vhost-vsock'

    def __init__(self, *told, query=''):
        super().__init__(*told, query=query or f'?cid={CID}&port={PORT}')

    def front(self, **how):
        return VsockFront(self.path, patience=self.patience, **how)

    def guest(self, buffers=32, **how):
        return Guest(self.front(**how).set_up(), buffers)

    def is_usable(self):
        with self.guest() as honest, honest.client() as one:
            session = one.begin()
            assert one.call(session).status == 0
            one.end(session)
