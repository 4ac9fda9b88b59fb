# SPDX-License-Identifier: Apache-2.0
"""A guest's driver that keeps to docs/virtio-accel.md: requests as descriptor chains, and their answers."""
import collections
import time

import client
import wire
from front import Front
from ring import Ring

HEAD = wire.Layout([('magic', 'I'), ('flags', 'I'), ('answer_size', 'I'), ('zero', 'I')])
MORE = 1
ANSWER_SIZE = 1024  # for an answer's header and body with a sentence, unless it has lists
CONFIG_AT_CARRIER = 36
CONFIG = wire.Layout([('magic', 'I'), ('version', 'H'), ('zero', 'H'), ('name', '12s')])
WITHOUT_ANSWER = {wire.CANCEL, wire.PART}

Segment = collections.namedtuple('Segment', 'address size')


class Chain:
    """What was posted, and, once it came back, how many bytes were written."""

    def __init__(self, type, id, readable, answer, rooms):
        self.type, self.id = type, id
        self.readable, self.answer, self.rooms = readable, answer, rooms
        self.head = self.written = None

    @property
    def writable(self):
        return [*([self.answer] if self.answer.size else []), *self.rooms]


class Missing(Exception):
    """A chain did not come back in time."""


class Guest(client.Client):
    """
    The calls of client.Client over the ring of a front end. Arguments lie at multiples of 64, each
    in a descriptor of its own, unless a test places them.
    """

    def __init__(self, front, greet=True, indirect=False):
        self.front = front
        self.memory = front.memory
        self.ring = Ring(front)
        self.patience = front.socket.gettimeout()
        self.indirect = indirect
        self.next_id = 1
        self.flying = {}  # chains by head
        self.chains = {}  # those whose answer nobody has taken yet, by id
        self.welcome = self.hello() if greet else None

    def close(self):
        self.front.close()

    # From here down: how a message becomes a chain.

    def put(self, data, align=64):
        """Copy into guest memory."""
        address = self.memory.alloc(max(len(data), 1), align)
        self.memory.write(address, data)
        return Segment(address, len(data))

    def room(self, size, byte=0xee, align=64):
        """To be written: full of what must be overwritten, or not touched."""
        address = self.memory.alloc(max(size, 1), align)
        self.memory.fill(address, size, byte)
        return Segment(address, size)

    def chain(self, type, id, body=b'', payload=(), rooms=(), answer_size=None, head=None, **lies):
        """A message in memory, not posted yet; @head and @lies are fields that shall be otherwise."""
        if answer_size is None:
            answer_size = 0 if type in WITHOUT_ANSWER else ANSWER_SIZE
        told = {'magic': wire.MAGIC, 'answer_size': answer_size, **(head or {})}
        message = HEAD.pack(**told) + wire.message(type, id, body, **lies)
        return Chain(type, id, [self.put(message), *(one for one in payload if one.size)],
                     self.room(answer_size), [one for one in rooms if one.size])

    def post(self, chain, kick=True):
        chain.head = self.ring.post(chain.readable, chain.writable, kick, self.indirect)
        self.flying[chain.head] = chain
        return chain

    def collect(self, seconds):
        """Wait for chains that come back, and tell them apart. Returns them."""
        found = []
        for head, written in self.ring.wait_used(seconds):
            assert head in self.flying, f'chain {head} came back, which was not posted'
            chain = self.flying.pop(head)
            assert written <= sum(one.size for one in chain.writable), (head, written)
            chain.written = written
            found.append(chain)
        return found

    def wait(self, chain, seconds=None):
        """Until that one is back."""
        end = time.monotonic() + (self.patience if seconds is None else seconds)
        while chain.written is None:
            left = end - time.monotonic()
            if left <= 0:
                raise Missing(f'a chain of type {chain.type} does not come back')
            self.collect(left)
        return chain

    def rest(self):
        """Memory of the past is used anew when there is nothing that needs it."""
        if not self.flying and not self.chains and self.memory.is_half_full():
            self.memory.free_all()

    # And how what came back becomes an answer.

    def message_of(self, chain):
        """The answer that was written. Raises Closed if it is a goodbye, or nothing."""
        data = self.memory.read(chain.answer.address, min(chain.written, chain.answer.size))
        if len(data) < wire.HEADER_SIZE:
            raise client.Closed()
        head = wire.header.unpack(data)
        assert head['body_size'] <= len(data) - wire.HEADER_SIZE, (head, len(data))
        assert head['payload_size'] == 0 and head['flags'] == 0, head
        message = wire.Message(head, data[wire.HEADER_SIZE:wire.HEADER_SIZE + head['body_size']], b'')
        if head['type'] == wire.GOODBYE:
            assert head['id'] == 0 and head['status'], head
            raise client.Closed(message)
        assert head['type'] == wire.ANSWER and head['id'] == chain.id, (head, chain.id)
        return message

    def outputs_of(self, chain, message, told):
        """What lies in each room: as much as was sent."""
        if chain.type != wire.CALL:
            size = told.get('size', 0) if message.header['status'] == 0 else 0
            return self.gathered(chain.rooms, size)
        data = b''
        assert told['nr_returned'] in (0, len(chain.places)), told
        for number in range(told['nr_returned']):
            at = wire.called.size + number * wire.returned.size
            sent = wire.returned.unpack(message.body, at)['sent']
            data += self.memory.read(chain.places[number], sent)
        return data

    def gathered(self, segments, size):
        data = b''.join(self.memory.read(*one) for one in segments)
        return data[:size]

    # The client's own calls.

    def hello(self, **how):
        return self.ask(wire.HELLO, wire.hello_body(**how)).told

    def request(self, type, body=b'', payload=(), rooms=(), deadline_ms=0, **how):
        id = self.next_id
        self.next_id += 1
        self.rest()
        chain = self.chain(type, id, body, payload, rooms, deadline_ms=deadline_ms, **how)
        self.chains[id] = self.post(chain)
        return chain

    def start(self, type, body=b'', payload=b'', part=None, deadline_ms=0, rooms=()):
        pieces = [self.put(payload)] if payload else []
        return self.request(type, body, pieces, rooms, deadline_ms).id

    def start_call(self, session, read=(), write=(), part=None, deadline_ms=0, places=None, **call):
        """@places  where arguments lie, by their number; the others are put where there is room"""
        self.rest()
        places = dict(places or {})
        payload, rooms = [], []
        for number, one in enumerate([*read, *write]):
            if number not in places:
                filled = self.put(one.data) if one.flags & wire.SENT else self.room(one.size)
                places[number] = filled.address
            elif one.flags & wire.SENT:
                self.memory.write(places[number], one.data)
            segment = Segment(places[number], one.size)
            payload += [segment] if one.flags & wire.SENT else []
            rooms += [segment] if one.flags & wire.RETURNED else []
        answer = ANSWER_SIZE + wire.returned.size * len(rooms)
        chain = self.request(wire.CALL, wire.call_body(session, read=read, write=write, **call),
                             payload, rooms, deadline_ms, answer_size=answer)
        chain.places = [one.address for one in rooms]
        return chain.id

    def answer(self, id, seconds=None):
        chain = self.chains[id]
        self.wait(chain, seconds)
        del self.chains[id]
        message = self.message_of(chain)
        told = self.told_by(chain.type, message, b'')
        return told._replace(payload=self.outputs_of(chain, message, told.told))

    def cancel(self, id):
        """Returns when the cancel has come back, with nothing in it."""
        chain = self.post(self.chain(wire.CANCEL, self.next_id, wire.cancel.pack(call=id)))
        self.next_id += 1
        assert self.wait(chain).written == 0

    def fetch(self, session, held, size):
        return self.try_to(wire.OUTPUT_FETCH, wire.fetch.pack(session=session, held=held, room=size),
                           rooms=[self.room(size)])

    def sync(self, session, resource, size):
        return self.try_to(wire.RESOURCE_SYNC, wire.use.pack(resource=resource, session=session),
                           rooms=[self.room(size)])


def guest(path, greet=True, indirect=False, **front):
    """A machine that is up, with its driver; to be used with "with"."""
    made = Front(path, **front)
    try:
        return Guest(made.set_up(), greet, indirect)
    except BaseException:
        made.close()
        raise
