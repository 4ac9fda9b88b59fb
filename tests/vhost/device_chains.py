# SPDX-License-Identifier: Apache-2.0
"""Rings and descriptor chains that no driver makes."""
import contextlib
import os
import random
import threading
import time

import after
import conversation
import front
import ring
import victim
import wire
from guest import ANSWER_SIZE, Segment
from memory import Memory, Region
from ring import INDIRECT, NEXT, WRITE

SEED = 11


def message(guest):
    """One that could be served, and room for its answer."""
    chain = guest.chain(wire.PING, 77)
    return chain.readable[0], chain.answer


def refuse_all(agent, makers, **how):
    """Each makes a chain by hand and returns its head; each is refused."""
    with agent.guest(**how) as guest:
        for make in makers:
            guest.rest()
            try:
                after.refused(guest, make(guest))
            except AssertionError as error:
                raise AssertionError(f'{make.__doc__ or make}: {error}') from error


def write_descs(guest, *descs):
    for number, desc in enumerate(descs):
        guest.ring.write_desc(number, *desc)
    return 0


def test_loops(agent):
    def to_itself(guest):
        sent, _ = message(guest)
        return write_descs(guest, (*sent, NEXT, 0))

    def to_the_first(guest):
        sent, room = message(guest)
        return write_descs(guest, (*sent, NEXT, 1), (*room, WRITE | NEXT, 0))

    def behind_the_first(guest):
        sent, room = message(guest)
        return write_descs(guest, (*sent, NEXT, 1), (*room, WRITE | NEXT, 1))

    def over_all(guest):
        sent, _ = message(guest)
        size = guest.ring.size
        return write_descs(guest, *[(sent[0], 1, NEXT, (i + 1) % size) for i in range(size)])

    refuse_all(agent, [to_itself, to_the_first, behind_the_first, over_all])


def test_numbers_of_no_descriptor(agent):
    def following(number):
        def make(guest):
            sent, _ = message(guest)
            return write_descs(guest, (*sent, NEXT, number))
        return make

    refuse_all(agent, [following(number) for number in (256, 257, 0x7fff, 0xffff)])


def test_addresses_that_are_nowhere(agent):
    def reading(place, size):
        def make(guest):
            _, room = message(guest)
            return write_descs(guest, (place(guest), size, NEXT, 1), (*room, WRITE, 0))
        make.__doc__ = f'reading {size:#x} bytes'
        return make

    def writing(place, size):
        def make(guest):
            sent, _ = message(guest)
            return write_descs(guest, (*sent, NEXT, 1), (place(guest), size, WRITE, 0))
        make.__doc__ = f'writing {size:#x} bytes'
        return make

    def end(guest):
        return guest.memory.end

    def start(guest):
        return guest.memory.regions[0].guest

    places = [(lambda guest: 0, 64), (lambda guest: start(guest) - 1, 64),
              (lambda guest: start(guest) - 64, 64), (lambda guest: end(guest) - 63, 64),
              (end, 64), (lambda guest: end(guest) - 64, 0xffffffff), (start, 0xffffffff),
              (lambda guest: (1 << 64) - 64, 64), (lambda guest: (1 << 64) - 64, 65),
              (lambda guest: (1 << 64) - 1, 0xffffffff), (lambda guest: 1 << 63, 64),
              (lambda guest: guest.memory.regions[0].front, 64)]
    refuse_all(agent, [reading(*one) for one in places] + [writing(*one) for one in places])


def test_reading_behind_writing(agent):
    def turned_around(guest):
        sent, room = message(guest)
        return write_descs(guest, (*room, WRITE | NEXT, 1), (*sent, 0, 0))

    def in_between(guest):
        sent, room = message(guest)
        return write_descs(guest, (sent[0], 20, NEXT, 1), (*room, WRITE | NEXT, 2),
                           (sent[0] + 20, sent[1] - 20, 0, 0))

    refuse_all(agent, [turned_around, in_between])


def test_more_bytes_than_a_chain_may_have(agent):
    """They lie in memory again and again."""
    def many(guest):
        _, room = message(guest)
        half = guest.memory.regions[0].size
        start = guest.memory.regions[0].guest
        descs = [(start, half, NEXT, i + 1) for i in range(255)]
        return write_descs(guest, *descs, (*room, WRITE, 0))

    with agent.guest() as guest:
        guest.memory.write(guest.memory.regions[0].guest, bytes(16))
        head = many(guest)
        guest.ring.announce(head)
        assert guest.ring.wait_used(guest.patience)[0][0] == head


def table(guest, data):
    return guest.put(data, 16)


def test_indirect_tables_that_are_wrong(agent):
    def of(make_table, size=None, flags=INDIRECT, next=0):
        def make(guest):
            sent, room = message(guest)
            address, length = table(guest, make_table(guest, sent, room))
            return write_descs(guest, (address, length if size is None else size, flags, next))
        return make

    def good(_, sent, room):
        return ring.table_of([sent], [room])

    def nested(guest, sent, room):
        inner = table(guest, good(guest, sent, room))
        return ring.DESC.pack(*inner, INDIRECT, 0)

    def too_long(guest, sent, _):
        return ring.table_of([(sent[0], 1)] * (guest.ring.size + 1), [])

    def around(_, sent, room):
        return ring.DESC.pack(*sent, NEXT, 1) + ring.DESC.pack(*room, NEXT | WRITE, 0)

    def out_of_it(_, sent, room):
        return ring.DESC.pack(*sent, NEXT, 2) + ring.DESC.pack(*room, WRITE, 0)

    refuse_all(agent, [of(good, size) for size in (0, 1, 8, 15, 17, 31, 33)]
               + [of(nested), of(too_long), of(around), of(out_of_it),
                  of(good, 0xfffffff0), of(good, 1 << 20)])


def test_indirect_tables_that_are_nowhere(agent):
    def at(place):
        return lambda guest: write_descs(guest, (place(guest), 32, INDIRECT, 0))

    refuse_all(agent, [at(lambda guest: 0), at(lambda guest: guest.memory.end),
                       at(lambda guest: guest.memory.end - 16), at(lambda guest: (1 << 64) - 16)])


def test_indirect_tables_that_were_not_negotiated(agent):
    def one(guest):
        sent, room = message(guest)
        address, length = table(guest, ring.table_of([sent], [room]))
        return write_descs(guest, (address, length, INDIRECT, 0))

    refuse_all(agent, [one], features=front.F_VERSION_1)


def test_descriptors_of_no_bytes(agent):
    """They may be refused or skipped."""
    with agent.guest() as guest:
        for empty in (0, 1, 2):
            sent, room = message(guest)
            descs = [(*sent, NEXT, 1), (*room, WRITE, 0)]
            flags = WRITE if empty == 2 else 0
            descs.insert(empty, (sent[0], 0, flags | NEXT, 0))
            descs = [(address, size, flags, i + 1 if i < 2 else 0)
                     for i, (address, size, flags, _) in enumerate(descs)]
            descs[2] = (*descs[2][:2], descs[2][2] & ~NEXT, 0)
            head = write_descs(guest, *descs)
            guest.ring.announce(head)
            assert guest.ring.wait_used(guest.patience)[0][0] == head
            after.works(guest)


def test_chains_with_one_side_alone(agent):
    """Nothing to read; nothing to write."""
    def to_write(guest):
        return write_descs(guest, (*message(guest)[1], WRITE, 0))

    def to_read(guest):
        return write_descs(guest, (*message(guest)[0], 0, 0))

    with agent.guest() as guest:
        for make in (to_read, to_write):
            head = make(guest)
            guest.ring.announce(head)
            (found, written), = guest.ring.wait_used(guest.patience)
            assert found == head and written <= ANSWER_SIZE
            after.works(guest)


def test_a_piece_across_two_regions(agent):
    """They lie beside each other in the guest, not in the front end: served or refused."""
    with machine_with_two_regions(agent) as guest:
        guest.hello()
        border = guest.memory.regions[1].guest
        for before in (1, 16, 40):
            data = guest.memory.read(*message(guest)[0])
            guest.memory.write(border - before, data[:before])
            guest.memory.write(border, data[before:])
            head = write_descs(guest, (border - before, len(data), NEXT, 1),
                               (*message(guest)[1], WRITE, 0))
            guest.ring.announce(head)
            assert guest.ring.wait_used(guest.patience)[0][0] == head
            after.works(guest)


@contextlib.contextmanager
def machine_with_two_regions(agent):
    memory = Memory(regions=[Region(0x40000000, 4 << 20),
                             Region(0x40400000, 4 << 20, front=0x7e0000000000)])
    try:
        with agent.guest(memory=memory, greet=False) as guest:
            yield guest
    finally:
        memory.close()


def unreturnable(agent, break_it):
    """Nothing can come back. The device may stop to serve the queue, up to the next set-up."""
    with agent.guest() as guest:
        break_it(guest)
        guest.front.kick()
        time.sleep(0.05)
        after.restart(guest)
        break_it(guest)


def test_heads_of_no_descriptor(agent):
    for head in (256, 257, 0x8000, 0xffff):
        unreturnable(agent, lambda guest, head=head: guest.ring.announce(head))


def test_jumps_of_the_index(agent):
    for jump in (257, 300, 0x7fff, 0x8000, 0xfffe, 0xffff):
        def move(guest, jump=jump):
            guest.ring.avail_idx[0] = (guest.ring.next_avail + jump) & 0xffff

        unreturnable(agent, move)


def test_a_head_that_is_in_flight(agent):
    with agent.guest() as guest:
        session = guest.begin()
        call = guest.start_call(session, name=b'mirror.wait')
        head = guest.chains[call].head
        for _ in range(3):
            guest.ring.announce(head)
        time.sleep(0.05)
        after.restart(guest)


def test_the_same_memory_in_many_descriptors(agent):
    """What is written, and what is read, is the guest's own affair."""
    with agent.guest() as guest:
        session = guest.begin()
        place = guest.memory.keep(64)
        for _ in range(20):
            read, write = conversation.mirrored(bytes(64))
            answer = guest.call(session, read, write, name=b'mirror.copy', places={0: place, 1: place})
            assert answer.status == 0
            chain = guest.chain(wire.PING, 9)
            chain.readable = [Segment(chain.answer.address, chain.readable[0].size)]
            guest.memory.write(chain.answer.address, guest.memory.read(*message(guest)[0]))
            guest.wait(guest.post(chain))
            after.works(guest)
            session = guest.begin()


def test_answers_over_the_ring_itself(agent):
    """The device writes where the guest says, and must not believe the ring after that."""
    for place in range(3):
        with agent.guest() as guest:
            chain = guest.chain(wire.PING, 9)
            chain.answer = Segment(guest.front.places[place], chain.answer.size)
            guest.ring.post(chain.readable, chain.writable)
            time.sleep(0.05)
            guest.ring.begin()
            after.restart(guest)


def test_kicks_without_buffers(agent):
    with agent.guest() as guest:
        session = guest.begin()
        for _ in range(2000):
            guest.front.kick()
        os.eventfd_write(guest.front.kick_fd, (1 << 64) - 3000)
        assert guest.call(session).status == 0


def test_buffers_without_kicks(agent):
    """They are seen with the next one that comes with a kick."""
    with agent.guest() as guest:
        session = guest.begin()
        chains = [guest.post(guest.chain(wire.PING, 500 + i), kick=False) for i in range(20)]
        assert guest.call(session).status == 0
        for chain in chains:
            assert guest.message_of(guest.wait(chain)).header['status'] == 0


class Flipping:
    """A thread that writes into memory what nobody would, until it is told to stop."""

    def __init__(self, memory, places):
        self.memory, self.places = memory, places
        self.random = random.Random(SEED)
        self.going = True
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.going = False
        self.thread.join()

    def run(self):
        while self.going:
            address, size = self.random.choice(self.places)
            at = address + self.random.randrange(size)
            kept = self.memory.read(at, 1)
            self.memory.write(at, bytes([self.random.randrange(256)]))
            self.memory.write(at, kept)


def test_messages_that_change_after_they_were_sent(agent):
    """Each chain comes back all the same, once, with something or nothing."""
    with agent.guest() as guest:
        read, write = conversation.mirrored(b'there and back')
        place = guest.memory.keep(4096)
        with Flipping(guest.memory, [(place, 200)]):
            for id in range(1000, 2500):
                guest.rest()
                session = 1
                body = wire.call_body(session, read=read, write=write, name=b'mirror.copy')
                chain = guest.chain(wire.CALL, id, body, [guest.put(read[0].data)], [guest.room(14)])
                guest.memory.write(place, guest.memory.read(*chain.readable[0]))
                chain.readable[0] = Segment(place, chain.readable[0].size)
                guest.wait(guest.post(chain))
                if chain.written < wire.HEADER_SIZE or id % 50 == 0:
                    guest.wait(guest.post(guest.chain(wire.HELLO, 1, wire.hello_body())))
        after.works(guest)


def test_descriptors_and_indices_that_change(agent):
    """The device may give up the queue at any time; the next set-up brings it back."""
    with agent.guest() as guest:
        places = [(guest.front.places[0], 16 * 16), (guest.front.places[1], 16),
                  (guest.front.places[2], 64)]
        for _ in range(30):
            with Flipping(guest.memory, places):
                for _ in range(20):
                    guest.ring.post(*[[one] for one in message(guest)])
                    time.sleep(0.0002)
            guest.ring.begin()
            after.restart(guest)
            guest.memory.free_all()


def test_rings_that_move_while_they_are_served(agent):
    """To memory full of anything, or to each other's place; the front end may be told to go."""
    for place in range(3):
        with agent.guest() as guest:
            machine, session = guest.front, guest.begin()
            garbage = guest.memory.keep(65536, 4096)
            guest.memory.write(garbage, random.Random(SEED).randbytes(65536))
            guest.start_call(session, *conversation.mirrored(b'x'), name=b'mirror.copy')
            at = machine.memory.front_of((garbage, *machine.places)[place])
            machine.send(front.SET_VRING_ADDR, front.ADDRESSES.pack(0, 0, at, at, at, 0))
            machine.kick()
            time.sleep(0.02)
            with contextlib.suppress(front.Gone):
                machine.set_ring()
                after.restart(guest)
        agent.is_usable_soon()


def test_rings_that_are_nowhere(agent):
    """Or where none can be: the device is not served, or the front end is told to go."""
    for desc, used, avail in ((0, 0, 0), (1, 1, 1), ((1 << 64) - 16,) * 3, (8, 4096, 8192),
                              (16, 4097, 8192), (16, 4096, 8193)):
        with agent.front() as machine:
            machine.negotiate()
            machine.place_ring()
            machine.set_features()
            machine.set_memory()
            machine.set_ring()
            base = 0 if desc in (0, (1 << 64) - 16) else machine.memory.regions[0].front
            machine.send(front.SET_VRING_ADDR, front.ADDRESSES.pack(
                0, 0, (desc + base) & ((1 << 64) - 1), (used + base) & ((1 << 64) - 1),
                (avail + base) & ((1 << 64) - 1), 0))
            machine.set_eventfds()
            machine.enable()
            machine.kick()
            time.sleep(0.05)
        agent.is_usable_soon()


def test_a_ring_at_the_end_of_memory(agent):
    """Its last bytes are not there."""
    for short in (4, 8, 1024):
        with agent.front() as machine:
            machine.negotiate()
            machine.place_ring()
            machine.set_features()
            machine.set_memory()
            machine.set_ring()
            desc, avail, used = (machine.memory.front_of(place) for place in machine.places)
            used += machine.memory.end - machine.places[2] - 8 * 256 - 8 + short
            machine.send(front.SET_VRING_ADDR, front.ADDRESSES.pack(0, 0, desc, used, avail, 0))
            machine.set_eventfds()
            machine.enable()
            machine.kick()
            time.sleep(0.05)
        agent.is_usable_soon()


def test_sizes_that_no_queue_has(agent):
    for size in (0, 3, 5, 100, 255, 2048, 4096, 32768, 65535, 65536, 0xffffffff):
        with agent.front() as machine:
            machine.negotiate()
            machine.place_ring()
            machine.set_features()
            machine.set_memory()
            machine.set_ring()
            machine.send(front.SET_VRING_NUM, front.STATE.pack(0, size))
            machine.set_eventfds()
            machine.enable()
            machine.kick()
            time.sleep(0.02)
        agent.is_usable_soon()


def test_bases_of_any_number(agent):
    """A base that has nothing to do with the ring; QEMU takes what the device told it."""
    for base in (1, 255, 0x8000, 0xffff, 0x10000, 0xffffffff):
        with agent.front() as machine:
            machine.negotiate()
            machine.place_ring()
            machine.start(base)
            machine.kick()
            time.sleep(0.02)
        agent.is_usable_soon()


def test_chains_of_random_descriptors(agent):
    """Whatever stands in them."""
    numbers = random.Random(SEED)
    with agent.guest(queue_size=16) as guest:
        start = guest.memory.regions[0].guest
        for _ in range(60):
            for number in range(16):
                address = start + numbers.randrange(1 << 24) if numbers.random() < 0.9 else \
                    numbers.getrandbits(64)
                guest.ring.write_desc(number, address, numbers.choice((16, 48, 1024, 1 << 20, 0)),
                                      numbers.randrange(8), numbers.randrange(20))
            guest.memory.write(guest.memory.kept_end, guest.memory.read(*message(guest)[0]))
            for _ in range(4):
                guest.ring.announce(numbers.randrange(17))
            time.sleep(0.003)
            guest.ring.begin()
            after.restart(guest)
            guest.memory.free_all()


if __name__ == '__main__':
    victim.main(__name__)
