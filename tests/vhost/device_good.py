# SPDX-License-Identifier: Apache-2.0
"""A machine that keeps to docs/virtio-accel.md: each request, in each form that it may have."""
import struct

import client
import conversation
import front
import guest as driver
import victim
import wire
from agent import refused_with
from guest import Segment
from memory import PAGE, place_in_process

MINMAX, SGEMM = 22, 17
UNTIL_LET_GO = -1  # of plugin place's MINMAX, instead of milliseconds: until the guest writes behind the mark
DISK_FLUSH, DISK_GET_ID = 4, 8


def number32(value):
    return wire.arg(wire.INT32, value.to_bytes(4, 'little', signed=True))


def doubles(values):
    return struct.pack(f'<{len(values)}d', *values)


def place_arguments(values, milliseconds=0, plus=0):
    """Those of plugin place's MINMAX, as operations.md has them."""
    data, size = doubles(values), 8 * len(values)
    read = [wire.Arg(20, wire.SENT, size, data), number32(len(values)), number32(milliseconds),
            number32(plus)]
    write = [wire.Arg(20, wire.RETURNED, size), wire.Arg(19, wire.RETURNED, 8),
             wire.Arg(19, wire.RETURNED, 8)]
    return read, write


def placed(guest, session, values, plus=1, places=None):
    """Its outputs: numbers, where it read and where it wrote."""
    read, write = place_arguments(values, plus=plus)
    answer = guest.call(session, read, write, op=MINMAX, places=places)
    assert answer.status == 0, answer
    *numbers, source, target = struct.unpack(f'<{len(values) + 2}d', answer.payload)
    assert numbers == [value + plus for value in values]
    return int(source), int(target)


def guest_address(pid, region, address):
    """The guest's address of what a process sees at @address, if that is guest memory."""
    for first, last, offset in place_in_process(pid, region):
        if first <= address < last:
            return region.guest + address - first + offset - region.offset
    return None


def test_a_call(agent):
    with agent.guest() as guest:
        session = guest.begin()
        assert guest.welcome['calls_max'] >= 1
        assert guest.call(session).status == 0
        guest.end(session)


def test_many_calls_one_after_the_other(agent):
    with agent.guest() as guest:
        session = guest.begin()
        for _ in range(3000):
            assert guest.call(session).status == 0


def test_many_calls_side_by_side(agent):
    with agent.guest() as guest:
        session = guest.begin()
        most = min(guest.welcome['calls_max'], 30)
        for _ in range(50):
            calls = [guest.start_call(session, *conversation.mirrored(b'%03d' % i),
                                      name=b'mirror.copy') for i in range(most)]
            for i, call in enumerate(calls):
                assert guest.answer(call).payload == (b'%03d' % i)[::-1]


def test_every_kind_of_request(agent):
    with agent.guest() as guest:
        session = guest.begin()
        guest.ask(wire.SESSION_UPDATE, wire.session_update.pack(session=session))
        blobs = {b'a.txt': b'first', b'b.txt': b'second'}
        resource = guest.new_resource(blobs, kind=wire.MEMORY)
        guest.register(resource, session)
        assert guest.sync(session, resource, 5).payload == b'first'
        assert guest.call(session, [number32(wire.DATA)], name=b'mirror.change').status == 0
        assert guest.sync(session, resource, 5).payload == bytes(b + 1 for b in b'first')
        profile = guest.ask(wire.PROFILE, wire.id_of.pack(id=session))
        assert profile.told['nr_regions'] >= 1
        use = wire.use.pack(resource=resource, session=session)
        guest.ask(wire.RESOURCE_UNREGISTER, use)
        guest.ask(wire.RESOURCE_END, wire.id_of.pack(id=resource))
        guest.ask(wire.PING)
        guest.end(session)


def test_a_resource_of_several_chunks(agent):
    """In memory that comes and goes; the plugin sees all of it."""
    data = bytes(range(256)) * 1024
    with agent.guest() as guest:
        session = guest.begin()
        body = wire.resource_new.pack(type=wire.DATA, kind=wire.FILES, nr_blobs=1, size=len(data))
        resource = guest.ask(wire.RESOURCE_NEW, body).told['id']
        for at in range(0, len(data), 65536):
            guest.ask(wire.RESOURCE_CHUNK,
                      wire.chunk_body(resource, 0, data[at:at + 65536], b'' if at else b'a.bin', at,
                                      len(data)), data[at:at + 65536])
        guest.register(resource, session)
        answer = guest.call(session, [number32(wire.DATA)], [wire.arg(wire.BUFFER, room=1000)],
                            name=b'mirror.list')
        assert f'{len(data)} bytes'.encode() in answer.payload, answer


def test_outputs_that_are_held(agent):
    with agent.guest() as guest:
        session = guest.begin()
        read, write = conversation.classified()
        answer = guest.call(session, read, write, op=conversation.VISION_CLASSIFY)
        held = int.from_bytes(answer.payload[-8:], 'little')
        assert answer.status == 0 and held
        short = guest.fetch(session, held, len(conversation.PICTURE) - 1)
        assert short.status == wire.ERANGE and short.told['size'] == len(conversation.PICTURE)
        assert guest.fetch(session, held, 100).payload == conversation.PICTURE[::-1]
        refused_with(guest.fetch(session, held, 100), '', wire.ENOENT)


def test_inout_and_strings(agent):
    with agent.guest() as guest:
        session = guest.begin()
        both = wire.Arg(wire.BUFFER, wire.SENT | wire.RETURNED, 5, b'later')
        answer = guest.call(session, [wire.arg(wire.BUFFER, b'first')], [both], name=b'mirror.swap')
        assert answer.payload == b'first'
        text = [wire.arg(wire.INT32, (5).to_bytes(4, 'little')), wire.arg(wire.STRING, b'why not\0')]
        answer = guest.call(session, text, [wire.arg(wire.BUFFER, room=8)], name=b'mirror.fail')
        refused_with(answer, 'why not', 5)
        assert answer.payload == b'f' * 8


def test_an_output_shorter_than_its_room(agent):
    with agent.guest() as guest:
        session = guest.begin()
        for size in (0, 1, 99, 100):
            read = [wire.arg(wire.UINT64, size.to_bytes(8, 'little'))]
            answer = guest.call(session, read, [wire.arg(wire.BUFFER, room=100)],
                                name=b'mirror.length')
            assert answer.status == 0 and answer.payload == b'm' * size


def test_what_is_not_written_stays(agent):
    """Behind a short output the room is as it was."""
    with agent.guest() as guest:
        session = guest.begin()
        room = guest.memory.keep(128)
        guest.memory.fill(room, 128, 0xcd)
        read = [wire.arg(wire.UINT64, (10).to_bytes(8, 'little'))]
        guest.memory.write(room + 64, b'behind it')
        id = guest.start_call(session, read, [wire.arg(wire.BUFFER, room=64)],
                              name=b'mirror.length', places={1: room})
        assert guest.answer(id).payload == b'm' * 10
        assert guest.memory.read(room + 64, 9) == b'behind it'


def test_numbers_are_used_where_they_lie(agent):
    """In and out, at a multiple of 64: the plugin's pointers lead into the guest's memory."""
    with agent.guest() as guest:
        session, region = guest.begin(), guest.memory.regions[0]
        source, target = guest.memory.keep(8 * 1000), guest.memory.keep(8 * 1000)
        seen = placed(guest, session, list(range(1000)), places={0: source, 4: target})
        pid = agent.pid_of_worker(guest)
        assert [guest_address(pid, region, one) for one in seen] == [source, target], seen


def test_a_matrix_that_is_read_and_written_in_place(agent):
    with agent.guest() as guest:
        session, region = guest.begin(), guest.memory.regions[0]
        places = {4: guest.memory.keep(64), 6: guest.memory.keep(64), 10: guest.memory.keep(64)}
        read = [wire.arg(wire.INT64, value.to_bytes(8, 'little')) for value in (4, 4, 4)]
        ones = struct.pack('<16f', *range(16))
        four = wire.arg(wire.INT64, (4).to_bytes(8, 'little'))
        factor = wire.arg(wire.FLOAT32, struct.pack('<f', 1))
        read += [factor, wire.arg(wire.FLOAT32_ARRAY, ones), four,
                 wire.arg(wire.FLOAT32_ARRAY, ones), four, factor, four]
        write = [wire.Arg(wire.FLOAT32_ARRAY, wire.SENT | wire.RETURNED, 64, ones)]
        answer = guest.call(session, read, write, op=SGEMM, places=places)
        assert answer.status == 0, answer
        assert answer.payload == struct.pack('<16f', *(3 * i for i in range(16)))
        seen = guest.call(session, [], [wire.arg(wire.BUFFER, room=24)], name=b'place.last').payload
        pid = agent.pid_of_worker(guest)
        found = [guest_address(pid, region, one) for one in struct.unpack('<3Q', seen)]
        assert found == [places[4], places[6], places[10]], found


def test_numbers_at_odd_addresses_are_copied(agent):
    with agent.guest() as guest:
        session, region = guest.begin(), guest.memory.regions[0]
        source, target = guest.memory.keep(808) + 8, guest.memory.keep(808) + 8
        seen = placed(guest, session, list(range(100)), places={0: source, 4: target})
        pid = agent.pid_of_worker(guest)
        assert [guest_address(pid, region, one) for one in seen] == [None, None], seen


def pieces_of(guest, size, step, gap):
    """Segments that do not lie beside each other, the last one first."""
    count = (size + step - 1) // step
    start = guest.memory.alloc(count * (step + gap), PAGE)
    places = [start + i * (step + gap) for i in reversed(range(count))]
    return [Segment(at, min(step, size - i * step)) for i, at in enumerate(places)]


def scattered(guest, session, values, step, gap):
    """A MINMAX whose numbers lie in pieces. Returns what it wrote, and where it saw them."""
    guest.rest()
    read, write = place_arguments(values, plus=1)
    source = pieces_of(guest, read[0].size, step, gap)
    target = pieces_of(guest, read[0].size, step, gap)
    at = 0
    for address, size in source:
        guest.memory.write(address, read[0].data[at:at + size])
        at += size
    payload = [*source, *(guest.put(one.data) for one in read[1:])]
    rooms = [*target, guest.room(8), guest.room(8)]
    body = wire.call_body(session, MINMAX, read, write)
    chain = guest.request(wire.CALL, body, payload, rooms)
    chain.places = [0, 0, 0]
    guest.wait(chain)
    del guest.chains[chain.id]
    message = guest.message_of(chain)
    assert message.header['status'] == 0, message
    out = b''.join(guest.memory.read(*one) for one in target)
    seen = [int(struct.unpack('<d', guest.memory.read(one.address, 8))[0]) for one in rooms[-2:]]
    return list(struct.unpack(f'<{len(values)}d', out)), seen


def test_scattered_pages_are_joined(agent):
    """Whole pages, in the wrong order and with gaps: used in place all the same."""
    values = list(range(20 * PAGE // 8))
    with agent.guest() as guest:
        session, region = guest.begin(), guest.memory.regions[0]
        for _ in range(20):
            out, seen = scattered(guest, session, values, PAGE, PAGE)
            assert out == [value + 1 for value in values]
        assert place_in_process(agent.pid_of_worker(guest), region), 'the memory is not mapped'
        assert all(address % PAGE == 0 for address in seen), seen


def test_pieces_at_odd_places_are_gathered(agent):
    values = list(range(1000))
    with agent.guest() as guest:
        session = guest.begin()
        for step, gap in ((8, 8), (24, 40), (1000, 24), (4000, 8), (PAGE, 8)):
            out, _ = scattered(guest, session, values, 8 * (len(values) // 100) + step, gap)
            assert out == [value + 1 for value in values], (step, gap)


def test_indirect_tables(agent):
    with agent.guest(indirect=True) as guest:
        session = guest.begin()
        for i in range(100):
            data = b'%d' % i * (i + 1)
            answer = guest.call(session, *conversation.mirrored(data), name=b'mirror.copy')
            assert answer.payload == data[::-1]


def test_a_message_cut_at_each_byte(agent):
    """Where one descriptor ends and the next begins means nothing, also for what is written."""
    with agent.guest() as guest:
        session = guest.begin()
        for cut in range(1, 140):
            guest.rest()
            read, write = conversation.mirrored(b'there and back')
            body = wire.call_body(session, read=read, write=write, name=b'mirror.copy')
            chain = guest.chain(wire.CALL, 1000 + cut, body, [guest.put(read[0].data)],
                                [guest.room(14)])
            start, size = chain.readable[0]
            first = min(cut, size - 1)
            chain.readable[:1] = [Segment(start, first), Segment(start + first, size - first)]
            answer, pieces = chain.answer, [Segment(chain.answer.address, cut),
                                            Segment(chain.answer.address + cut,
                                                    chain.answer.size - cut)]
            head = guest.ring.post(chain.readable, [*pieces, *chain.rooms])
            guest.flying[head] = chain
            guest.wait(chain)
            assert guest.message_of(chain).header['status'] == 0 and answer.size
            assert guest.memory.read(chain.rooms[0].address, 14) == b'kcab dna ereht'


def test_event_indices(agent):
    """The device interrupts when it was asked to, and is told when it wants to be."""
    features = front.F_VERSION_1 | front.F_INDIRECT | front.F_EVENT_IDX
    with agent.guest(features=features) as guest:
        session = guest.begin()
        for _ in range(500):
            assert guest.call(session).status == 0


def test_a_legacy_driver(agent):
    """It does not know virtio 1, and negotiates nothing of it: Unikraft's for PCI is one."""
    for features in (0, front.F_EVENT_IDX):
        with agent.guest(features=features) as guest:
            session = guest.begin()
            for _ in range(10):
                assert guest.call(session).status == 0


def test_no_eventfd_to_call(agent):
    """A driver that looks for itself."""
    machine = agent.front()
    machine.negotiate()
    machine.place_ring()
    machine.set_features()
    assert machine.set_memory() == 0
    machine.set_ring()
    machine.send(front.SET_VRING_KICK, front.U64.pack(0), [machine.kick_fd])
    machine.send(front.SET_VRING_CALL, front.U64.pack(front.NO_FD))
    machine.enable()
    with driver.Guest(machine) as guest:
        session = guest.begin()
        for _ in range(20):
            assert guest.call(session).status == 0
        assert not machine.was_called()


def test_queues_of_each_size(agent):
    for size in (2, 4, 8, 16, 64, 512, 1024):
        with agent.guest(queue_size=size) as guest:
            session = guest.begin()
            for _ in range(3 * size if size < 100 else 20):
                assert guest.call(session).status == 0


def test_indices_run_over(agent):
    """A ring that begins close to the end of its numbers."""
    machine = agent.front(queue_size=8)
    machine.negotiate()
    machine.place_ring()
    with driver.Guest(machine, greet=False) as guest:
        guest.ring.next_avail = guest.ring.next_used = 65530
        guest.ring.avail_idx[0] = guest.ring.used_idx[0] = 65530
        machine.start(base=65530)
        guest.hello()
        session = guest.begin()
        for _ in range(40):
            assert guest.call(session).status == 0


def test_the_configuration_space(agent):
    """The carrier's magic, at any place and size that a front end asks for."""
    with agent.front() as machine:
        machine.negotiate()
        whole = machine.get_config(60)
        config = driver.CONFIG.unpack(whole, driver.CONFIG_AT_CARRIER)
        assert config['magic'] == wire.MAGIC and config['version'] == 1 and config['zero'] == 0
        assert whole[:8] == bytes(8), 'the disk has room'
        for size in (1, 8, 36, 57, 60, 256):
            told = machine.get_config(size)
            assert len(told) == size and told[:60] == whole[:size]
        for offset, size in ((36, 20), (36, 4), (8, 52), (59, 1)):
            assert machine.get_config(size, offset) == whole[offset:offset + size]


def test_an_id_of_its_own(agent):
    """The configuration is at the beginning, and all else is the same."""
    with agent.another('?id=63') as other, other.guest() as guest:
        config = driver.CONFIG.unpack(guest.front.get_config(20))
        assert config['magic'] == wire.MAGIC and config['version'] == 1
        assert guest.call(guest.begin()).status == 0


def disk_request(guest, kind, size, writes=True):
    """As a virtio-blk driver sends it; returns what came back."""
    head = guest.put(kind.to_bytes(4, 'little') + bytes(12))
    data, status = guest.room(size), guest.room(1)
    if writes:
        chain = driver.Chain(kind, 0, [head], Segment(0, 0), [data, status] if size else [status])
    else:
        chain = driver.Chain(kind, 0, [head, data], Segment(0, 0), [status])
    guest.wait(guest.post(chain))
    return guest.memory.read(*data), guest.memory.read(*status)[0]


def test_requests_to_a_disk(agent):
    """It has a name and can be flushed, everything else is an error; the connection does not mind."""
    with agent.guest() as guest:
        session = guest.begin()
        name, status = disk_request(guest, DISK_GET_ID, 20)
        assert status == 0 and name.rstrip(b'\0'), (name, status)
        assert disk_request(guest, DISK_FLUSH, 0)[1] == 0
        for kind in (0, 5, 11, 13, 99):
            assert disk_request(guest, kind, 512)[1] in (1, 2)
        assert disk_request(guest, 1, 512, writes=False)[1] in (1, 2)
        assert guest.call(session).status == 0


def test_a_hello_ends_the_connection_before_it(agent):
    with agent.guest() as guest:
        old = guest.begin()
        guest.hello()
        refused_with(guest.call(old), '')
        assert guest.call(guest.begin()).status == 0


def test_a_goodbye_is_not_the_end(agent):
    """The driver says hello again, on the same ring."""
    with agent.guest() as guest:
        for _ in range(5):
            session = guest.begin()
            try:
                guest.try_to(77)
                raise AssertionError('a message of type 77 was answered')
            except client.Closed as end:
                assert end.goodbye and '77' in client.sentence_of(end.goodbye)
            try:
                guest.call(session)
                raise AssertionError('a call was answered before the hello')
            except client.Closed as end:
                assert end.goodbye and end.goodbye.header['status']
            guest.hello()
            assert guest.call(guest.begin()).status == 0


if __name__ == '__main__':
    victim.main(__name__)
