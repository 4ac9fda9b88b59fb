# SPDX-License-Identifier: Apache-2.0
"""Chains that the ring has nothing against, with messages that no driver sends."""
import random

import after
import client
import conversation
import guest as driver
import victim
import wire
from agent import refused_with
from guest import ANSWER_SIZE, Segment

SEED = 5


def goodbye(guest, words, *chain, **how):
    """The chain brings one whose sentence has @words, the queue lives on."""
    made = guest.chain(*chain, **how)
    sentence = after.goodbye_to(guest, guest.post(made))
    assert words in sentence, f'"{sentence}" does not say "{words}"'
    after.works(guest)


def mirror_call(guest, data=b'there and back', session=1, **lies):
    """The parts of a chain: type, id, body, payload, rooms."""
    read, write = conversation.mirrored(data)
    body = wire.call_body(session, read=read, write=write, name=b'mirror.copy', **lies)
    return wire.CALL, 5, body, [guest.put(data)], [guest.room(len(data))]


def test_heads_that_lie(agent):
    with agent.guest() as guest:
        for lies in ({'flags': 2}, {'flags': 0x80000000}, {'zero': 1}, {'flags': 3}):
            goodbye(guest, '', wire.PING, 5, head=lies)


def test_headers_that_lie(agent):
    """Sizes of the payload and flags are of streams."""
    with agent.guest() as guest:
        for lies in ({'payload_size': 1}, {'flags': wire.MORE}, {'flags': 2}, {'status': 1}, {'id': 0},
                     {'body_size': 4}, {'body_size': 8}, {'body_size': wire.BODY_MAX + 8},
                     {'body_size': 0xfffffff8}, {'payload_size': (1 << 64) - 1}):
            goodbye_with_header(guest, lies)


def goodbye_with_header(guest, lies):
    told = {'type': wire.PING, 'id': 5, 'body_size': 0, **lies}
    message = driver.HEAD.pack(magic=wire.MAGIC, answer_size=ANSWER_SIZE) + wire.header.pack(**told)
    chain = driver.Chain(wire.PING, 5, [guest.put(message)], guest.room(ANSWER_SIZE), [])
    after.goodbye_to(guest, guest.post(chain))
    after.works(guest)


def test_types_that_nobody_sends(agent):
    with agent.guest() as guest:
        for type in (0, wire.ANSWER, wire.GOODBYE, 7, 15, 19, 31, 38, 47, 52, 65, 0xffff):
            goodbye(guest, '', type, 5)


def test_room_for_answers(agent):
    """Of no size that makes sense; whoever has none hears nothing, but is not forgotten."""
    with agent.guest() as guest:
        for size in (0, 1, 16, 31):
            chain = guest.post(guest.chain(wire.PING, 5, answer_size=size))
            assert guest.wait(chain).written == 0
            after.is_over(guest)
        for told in (ANSWER_SIZE + 1, 1 << 20, 0xffffffff):
            chain = guest.post(guest.chain(wire.PING, 5, head={'answer_size': told}))
            guest.wait(chain)
            after.is_over(guest)
        for size in (32, 40, 48):
            chain = guest.post(guest.chain(wire.PING, 5, answer_size=size))
            assert guest.message_of(guest.wait(chain)).header['status'] == 0
        too_small = guest.chain(wire.SESSION_BEGIN, 5, wire.session_begin.pack(), answer_size=32)
        after.goodbye_to_or_nothing(guest, guest.post(too_small))
        after.works(guest)


def test_sentences_that_do_not_fit(agent):
    """Less of them is told, or nothing; the answer is the same."""
    with agent.guest() as guest:
        for room in (0, 8, 16, 24, 64):
            body = wire.id_of.pack(id=1 << 50)
            chain = guest.chain(wire.SESSION_END, 5, body, answer_size=wire.HEADER_SIZE + room)
            message = guest.message_of(guest.wait(guest.post(chain)))
            assert message.header['status'], message
            assert len(client.sentence_of(message)) <= max(0, room - 8)


def test_rooms_that_do_not_fit(agent):
    """More than the request has: the rest stays as it was."""
    with agent.guest() as guest:
        session = guest.begin()
        type, id, body, payload, rooms = mirror_call(guest, session=session)
        more = guest.room(100)
        chain = guest.wait(guest.post(guest.chain(type, id, body, payload, [*rooms, more])))
        assert guest.message_of(chain).header['status'] == 0
        assert guest.memory.read(*more) == b'\xee' * 100
        chain = guest.wait(guest.post(guest.chain(wire.PING, 5, rooms=[more])))
        assert guest.message_of(chain).header['status'] == 0
        cancel = wire.cancel.pack(call=9)
        guest.wait(guest.post(guest.chain(wire.CANCEL, 5, cancel, rooms=[more])))
        assert guest.memory.read(*more) == b'\xee' * 100
        after.works(guest)


def test_payloads_that_do_not_fit(agent):
    with agent.guest() as guest:
        for delta in (-14, -1, 1, 100):
            session = guest.begin()
            type, id, body, payload, rooms = mirror_call(guest, session=session)
            size = payload[0].size + delta
            goodbye(guest, '', type, id, body, [guest.room(size)] if size else [], rooms)
        goodbye(guest, '', wire.PING, 5, payload=[guest.put(b'x')])
        session = wire.session_begin.pack()
        goodbye(guest, '', wire.SESSION_BEGIN, 5, session, [guest.put(b'12345678')])


def test_requests_truncated_at_each_byte(agent):
    """Of each kind: the connection is over, nothing else."""
    with agent.guest() as guest:
        for message in conversation.whole().values():
            head = wire.header.unpack(message)
            size = wire.HEADER_SIZE + head['body_size']
            bare = wire.header.pack(**{**head, 'payload_size': 0}) + message[wire.HEADER_SIZE:size]
            whole = driver.HEAD.pack(magic=wire.MAGIC, answer_size=ANSWER_SIZE) + bare
            for cut in range(1, len(whole)):
                guest.rest()
                chain = driver.Chain(head['type'], head['id'], [guest.put(whole[:cut])],
                                     guest.room(ANSWER_SIZE), [])
                guest.wait(guest.post(chain))
                if cut >= 16 and chain.written >= wire.HEADER_SIZE:
                    after.goodbye_to(guest, chain)
                guest.wait(guest.post(guest.chain(wire.HELLO, 1, wire.hello_body())))
            after.works(guest)


def test_requests_without_a_hello(agent):
    """In any order; none is believed."""
    with agent.guest(greet=False) as guest:
        for name, message in conversation.whole().items():
            if name in ('hello', 'cancel'):
                continue
            head = wire.header.unpack(message)
            end = wire.HEADER_SIZE + head['body_size']
            chain = guest.chain(head['type'], head['id'], message[wire.HEADER_SIZE:end],
                                [guest.put(message[end:])] if message[end:] else [],
                                [guest.room(head['payload_size'])] if name == 'call' else [])
            after.goodbye_to(guest, guest.post(chain))
        guest.cancel(99)
        after.works(guest)


def test_hellos_that_cannot_be(agent):
    with agent.guest(greet=False) as guest:
        for how in ({'magic': 0}, {'oldest': 0}, {'oldest': 2, 'newest': 1}, {'oldest': 9, 'newest': 9},
                    {'oldest': 2, 'newest': 0xffff}):
            after.goodbye_to(guest, guest.post(guest.chain(wire.HELLO, 1, wire.hello_body(**how))))
        after.works(guest)


def test_an_id_in_use(agent):
    with agent.guest() as guest:
        session = guest.begin()
        body = wire.call_body(session, name=b'mirror.wait')
        first = guest.post(guest.chain(wire.CALL, 7, body))
        second = guest.post(guest.chain(wire.CALL, 7, body))
        after.goodbye_to(guest, second)
        after.goodbye_to(guest, first)
        after.works(guest)


def test_an_id_can_be_used_again(agent):
    """As soon as its chain is back."""
    with agent.guest() as guest:
        body = wire.call_body(guest.begin())
        for _ in range(2000):
            guest.rest()
            chain = guest.wait(guest.post(guest.chain(wire.CALL, 7, body)))
            assert guest.message_of(chain).header['status'] == 0


def test_as_many_calls_as_may_be(agent):
    """One comes back, and the next one may come at once."""
    with agent.guest() as guest:
        session, most = guest.begin(), guest.welcome['calls_max']
        flying = [guest.start_call(session) for _ in range(most)]
        for _ in range(3000):
            for chain in guest.collect(guest.patience):
                assert guest.answer(chain.id).status == 0
                flying.remove(chain.id)
            while len(flying) < most:
                flying.append(guest.start_call(session))


def test_more_calls_than_may_be(agent):
    """Those that are one too many are refused; pings and cancels are not."""
    with agent.guest() as guest:
        session, most = guest.begin(), guest.welcome['calls_max']
        calls = [guest.start_call(session, name=b'mirror.wait') for _ in range(most)]
        for _ in range(3):
            refused_with(guest.call(session), 'calls|requests', 11)
        assert guest.try_to(wire.PING).status == 0
        for call in calls:
            guest.cancel(call)
        for call in calls:
            try:
                assert guest.answer(call).status
            except client.Closed:
                pass
        after.works(guest)


def test_sessions_of_the_past(agent):
    """They are gone with their connection, and mean nothing to the next worker."""
    with agent.guest() as guest:
        ids = set()
        for _ in range(4):
            session = guest.begin()
            assert session not in ids, 'an id of another worker is used again'
            ids.add(session)
            guest.hello()
            for old in ids:
                refused_with(guest.call(old), '')
            agent.kill_worker(guest)
            goodbye(guest, '', wire.PING, 5)


def test_cancels_of_nothing(agent):
    with agent.guest() as guest:
        session = guest.begin()
        for id in (0, 1, 99, (1 << 64) - 1):
            guest.cancel(id)
            assert guest.call(session).status == 0


def test_arguments_that_cannot_be(agent):
    """Sizes that overflow, counts that lie; refused without the bytes for them."""
    with agent.guest() as guest:
        session = guest.begin()
        for sizes in ([(1 << 63)], [(1 << 64) - 1], [1 << 62] * 4, [1 << 40]):
            for flags in (0, wire.RETURNED):
                write = [wire.Arg(wire.BUFFER, flags, size) for size in sizes]
                body = wire.call_body(session, write=write, name=b'mirror.nothing')
                chain = guest.wait(guest.post(guest.chain(wire.CALL, 6, body)))
                try:
                    assert guest.message_of(chain).header['status']
                except client.Closed:
                    guest.hello()
                    session = guest.begin()
        for lies in ({'nr_read': 0xffffffff}, {'nr_write': 4001}, {'name_size': 64},
                     {'name_size': 0xffffffff}, {'nr_read': 2}):
            goodbye(guest, '', *mirror_call(guest, session=session, **lies))
        after.works(guest)


def test_requests_of_random_bytes(agent):
    """Behind a good head; and requests with a few bytes changed."""
    numbers = random.Random(SEED)
    whole = list(conversation.whole().values())
    with agent.guest() as guest:
        for _ in range(1500):
            guest.rest()
            message = bytearray(numbers.choice(whole))
            for _ in range(numbers.randrange(1, 5)):
                message[numbers.randrange(min(len(message), 100))] = numbers.randrange(256)
            message[16:24] = bytes(8)
            data = driver.HEAD.pack(magic=wire.MAGIC, answer_size=256) + bytes(message)
            chain = driver.Chain(wire.PING, 1, [guest.put(data)], guest.room(256),
                                 [guest.room(numbers.choice((14, 64)))])
            guest.wait(guest.post(chain), 60)
            if numbers.random() < 0.5:
                guest.wait(guest.post(guest.chain(wire.HELLO, 1, wire.hello_body())), 60)
        after.works(guest)


# Messages that do not fit into one chain.

def in_chains(guest, type, id, body, data, steps, rooms=(), flags=None):
    """The chains of a message whose payload goes in pieces of these sizes, the last with the rest."""
    pieces, at = [], 0
    for step in [*steps, len(data)]:
        pieces.append(data[at:at + step])
        at += step
    last = len(pieces) - 1
    for i, piece in enumerate(pieces):
        head = {'flags': driver.MORE if i < last else 0}
        payload = [guest.put(piece)] if piece else []
        yield guest.chain(type if i == 0 else wire.PART, id, body if i == 0 else b'', payload,
                          rooms if i == last else (), ANSWER_SIZE if i == last else 0,
                          {**head, **(flags or {})})


def test_payload_in_several_chains(agent):
    """From one byte to all of it; the first part may be empty."""
    data = bytes(range(200))
    with agent.guest() as guest:
        session = guest.begin()
        for steps in ([0], [1], [199], [0, 100], [1] * 100, [50, 50, 50]):
            guest.rest()
            type, id, body, _, rooms = mirror_call(guest, data, session)
            chains = [guest.post(one) for one in in_chains(guest, type, id, body, data, steps, rooms)]
            for chain in chains:
                guest.wait(chain)
            assert [chain.written for chain in chains[:-1]] == [0] * (len(chains) - 1)
            assert guest.message_of(chains[-1]).header['status'] == 0
            assert guest.memory.read(*rooms[0]) == data[::-1]


def test_chains_of_several_messages_by_turns(agent):
    with agent.guest() as guest:
        session = guest.begin()
        calls = []
        for i in range(5):
            data = bytes([65 + i]) * 60 + b'.'
            type, _, body, _, rooms = mirror_call(guest, data, session)
            calls.append((data, rooms[0],
                          list(in_chains(guest, type, 50 + i, body, data, [20, 20], rooms))))
        for step in range(3):
            for _, _, chains in calls:
                guest.post(chains[step])
        for data, room, chains in calls:
            assert guest.message_of(guest.wait(chains[-1])).header['status'] == 0
            assert guest.memory.read(*room) == data[::-1]


def test_chains_that_do_not_add_up(agent):
    """Too many bytes, too few, none; another message's part; a beginning twice."""
    data = bytes(100)
    with agent.guest() as guest:
        session = guest.begin()

        def begun(*steps):
            type, id, body, _, rooms = mirror_call(guest, data, session)
            return list(in_chains(guest, type, id, body, data, steps, rooms))

        def part(size, flags=0, id=5):
            return guest.chain(wire.PART, id, b'', [guest.put(bytes(size))] if size else [], (),
                               0 if flags else ANSWER_SIZE, {'flags': flags})

        def first():
            return begun(50)[0]

        for bad in ([part(10, id=8)], [first(), part(49)], [first(), part(51)],
                    [first(), part(51, driver.MORE)], [first(), part(0, driver.MORE)],
                    [first(), part(10, id=6)], [first(), first()], [part(10, driver.MORE)],
                    [first(), part(50, driver.MORE)]):
            for chain in bad:
                guest.wait(guest.post(chain))
            after.is_over(guest)
            session = guest.begin()


def test_what_is_begun_and_never_ended(agent):
    """A hello ends it; too many at once are refused."""
    with agent.guest() as guest:
        session = guest.begin()
        for _ in range(3):
            for id in range(10, 30):
                type, _, body, _, _ = mirror_call(guest, bytes(100), session)
                chain = guest.chain(type, id, body, [guest.put(bytes(50))], (), 0,
                                    {'flags': driver.MORE})
                guest.wait(guest.post(chain))
            guest.hello()
            session = guest.begin()
        for id in range(10, 300):
            guest.rest()
            type, _, body, _, _ = mirror_call(guest, bytes(100), session)
            guest.wait(guest.post(guest.chain(type, id, body, [guest.put(bytes(50))], (), 0,
                                              {'flags': driver.MORE})))
        after.works(guest)


def pulled(guest, id, room, step):
    """Ask for the rest of an answer, in pieces. Returns the bytes."""
    data = b''
    for at in range(0, room.size, step):
        piece = Segment(room.address + at, min(step, room.size - at))
        chain = guest.wait(guest.post(guest.chain(wire.PART, id, rooms=[piece])))
        assert chain.written <= piece.size
        data += guest.memory.read(*piece)
    return data


def test_outputs_that_are_asked_for(agent):
    """The last chain has room for some, for none, or for the answer alone."""
    data = bytes(range(250)) * 4
    with agent.guest() as guest:
        session = guest.begin()
        for there, step in ((0, 1000), (0, 100), (1, 333), (999, 1), (500, 7), (64, 64)):
            guest.rest()
            type, id, body, payload, rooms = mirror_call(guest, data, session)
            room = rooms[0]
            first = [Segment(room.address, there)] if there else []
            chain = guest.wait(guest.post(guest.chain(type, id, body, payload, first)))
            assert guest.message_of(chain).header['status'] == 0
            rest = Segment(room.address + there, room.size - there)
            assert guest.memory.read(room.address, there) == data[::-1][:there]
            assert pulled(guest, id, rest, step) == data[::-1][there:], (there, step)


def test_an_id_is_free_when_all_was_asked_for(agent):
    with agent.guest() as guest:
        session = guest.begin()
        for _ in range(100):
            guest.rest()
            type, id, body, payload, rooms = mirror_call(guest, b'0123456789', session)
            chain = guest.wait(guest.post(guest.chain(type, id, body, payload)))
            assert guest.message_of(chain).header['status'] == 0
            assert pulled(guest, id, rooms[0], 5) == b'9876543210'


def test_asking_for_what_there_is_not(agent):
    """It comes back with nothing, whether it never was, is all gone, or was refused."""
    with agent.guest() as guest:
        session = guest.begin()

        def ask(id, size=10):
            return guest.wait(guest.post(guest.chain(wire.PART, id, rooms=[guest.room(size)]))).written

        assert ask(77) == 0
        type, id, body, payload, rooms = mirror_call(guest, b'0123456789', session)
        guest.wait(guest.post(guest.chain(type, id, body, payload)))
        assert ask(id, 4) == 4 and ask(id, 100) == 6 and ask(id) == 0
        assert guest.call(session).status == 0
        refused = wire.call_body(session, write=[wire.Arg(wire.BUFFER, wire.RETURNED, 10)],
                                 name=b'no.such')
        chain = guest.wait(guest.post(guest.chain(wire.CALL, 90, refused)))
        message = guest.message_of(chain)
        assert message.header['status']
        if not wire.called.unpack(message.body)['nr_returned']:
            assert ask(90) == 0
        guest.hello()
        assert ask(id) == 0


def test_fetches_that_are_asked_for(agent):
    """Also of what a resource holds."""
    with agent.guest() as guest:
        session = guest.begin()
        resource = guest.new_resource({b'a': b'0123456789' * 10}, kind=wire.MEMORY)
        guest.register(resource, session)
        use = wire.use.pack(resource=resource, session=session)
        chain = guest.wait(guest.post(guest.chain(wire.RESOURCE_SYNC, 55, use)))
        assert guest.message_of(chain).header['status'] == 0
        assert pulled(guest, 55, guest.room(100), 30) == b'0123456789' * 10
        read, write = conversation.classified()
        answer = guest.call(session, read, write, op=conversation.VISION_CLASSIFY)
        held = int.from_bytes(answer.payload[-8:], 'little')
        body = wire.fetch.pack(session=session, held=held, room=1000)
        chain = guest.wait(guest.post(guest.chain(wire.OUTPUT_FETCH, 56, body)))
        size = wire.size_of.unpack(guest.message_of(chain).body)['size']
        assert pulled(guest, 56, guest.room(size), 5) == conversation.PICTURE[::-1]


if __name__ == '__main__':
    victim.main(__name__)
