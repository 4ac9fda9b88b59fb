# SPDX-License-Identifier: Apache-2.0
"""Guests that break the rules of a vsock, and such that never read."""
import random

import client
import conversation
import front
import victim
import vsock
import wire
from ring import NEXT, WRITE
from vsock import (CREDIT_REQUEST, CREDIT_UPDATE, HEADER, REQUEST, RESPONSE, RST, RW, RX, SHUTDOWN,
                   SIZE, TX)

SEED = 11
MOST = 16
LEAST_HEARD = 64  # of packets that cause replies which nobody takes
CONFIGURATION = f'[limits]\nconnections = {MOST}\n[timeouts]\nstall_ms = {{short}}\nhello_ms = 20000\n'
PATIENT = '[timeouts]\nstall_ms = 60000\n'


def works(guest):
    with guest.client() as one:
        session = one.begin()
        answer = one.call(session, *conversation.mirrored(b'there'), name=b'mirror.copy')
        assert answer.payload == b'ereht', answer


def client_soon(guest):
    """There is room for one more, once the last ones are gone."""
    made = []

    def is_connected():
        try:
            made.append(guest.client())
            return True
        except (ConnectionRefusedError, ConnectionResetError):
            return False

    client.wait_until(is_connected, guest.patience, 'nobody is served any more')
    return made[0]


def works_soon(guest):
    with client_soon(guest) as one:
        assert one.call(one.begin()).status == 0


def reset_of(guest, port):
    """The next one to that port, of which there is no stream here."""
    guest.until(lambda: any(packet.head['dst_port'] == port for packet in guest.strange), 'no reset')
    packet, = [packet for packet in guest.strange if packet.head['dst_port'] == port]
    guest.strange.clear()
    assert packet.head['op'] == RST and packet.payload == b'', packet
    return packet.head


def test_rings_that_there_are_not(agent):
    for index in (3, 255):
        with agent.front() as machine:
            machine.negotiate()
            machine.send(front.SET_VRING_NUM, front.STATE.pack(index, 128))
            assert machine.is_closed()
    assert 'there is no ring 3' in agent.log()


def test_a_port_where_nobody_listens(agent):
    with agent.guest() as guest:
        for port in (0, 1, vsock.PORT - 1, vsock.PORT + 1, 0xffffffff):
            guest.packet(REQUEST, 50, dst_port=port)
            assert reset_of(guest, 50)['src_port'] == port
        works(guest)


def test_what_belongs_to_no_stream(agent):
    """Is answered with a reset, but a reset is not."""
    with agent.guest() as guest:
        for op in (0, RESPONSE, SHUTDOWN, RW, CREDIT_UPDATE, CREDIT_REQUEST, 8, 0xffff):
            guest.packet(op, 50, b'bytes' if op == RW else b'')
            reset_of(guest, 50)
        guest.packet(RST, 50)
        works(guest)
        assert guest.strange == []


def test_another_type(agent):
    with agent.guest() as guest:
        for kind in (0, 2, 0xffff):
            guest.packet(REQUEST, 50, type=kind)
            assert reset_of(guest, 50)['type'] == kind
        works(guest)


def test_wrong_cids(agent):
    """Who is not the guest gets no answer; who is not the host is not here."""
    with agent.guest() as guest:
        for cid in (0, 2, vsock.CID + 1, 1 << 32 | vsock.CID, (1 << 64) - 1):
            guest.packet(REQUEST, 50, src_cid=cid)
        works(guest)
        assert guest.strange == []
        for cid in (0, 1, 3, vsock.CID, 1 << 32 | vsock.HOST):
            guest.packet(REQUEST, 50, dst_cid=cid)
            assert reset_of(guest, 50)['src_cid'] == cid
        works(guest)


def is_reset(guest, *packets, **how):
    """A stream that is connected, by one of these."""
    one = guest.client(**how)
    for op, payload, lies in packets:
        one.socket.packet(op, payload, **lies)
    one.socket.wait_reset()
    guest.streams.clear()
    works(guest)


def test_operations_that_break_a_stream(agent):
    with agent.guest() as guest:
        for op in (0, REQUEST, RESPONSE, 8, 0x100, 0xffff):
            is_reset(guest, (op, b'', {}))


def test_lengths(agent):
    with agent.guest() as guest:
        for length in (4, 100, 65536, 0x7fffffff, 0xffffffff):
            is_reset(guest, (RW, b'abc', {'len': length}))
        with guest.client() as one:
            one.socket.packet(RW, b'')
            one.socket.packet(CREDIT_UPDATE, b'behind the end of an empty packet', len=0)
            assert one.call(one.begin()).status == 0


def test_short_packets(agent):
    """Less than a header cannot be answered."""
    with agent.guest() as guest:
        whole = HEADER.pack(src_cid=vsock.CID, dst_cid=vsock.HOST, src_port=50, dst_port=vsock.PORT,
                            type=vsock.STREAM, op=REQUEST)
        for size in range(1, SIZE):
            guest.raw(whole[:size])
        works(guest)
        assert guest.strange == []


def deaf(guest, **how):
    """A client that takes no byte more, of whom none is received as the answer to a ping waits for that."""
    one = guest.client(**how)
    one.begin()
    one.socket.promised = 0
    one.socket.packet(CREDIT_UPDATE)
    one.socket.packet(RW, wire.message(wire.PING, 1 << 40))
    return one


def test_more_than_was_promised(agent):
    """What was is held, in whatever pieces; who sends more is reset, and other streams are not."""
    with agent.another(configuration=PATIENT) as patient, patient.guest() as guest, guest.client() as other:
        session = other.begin()
        one = deaf(guest)
        ping = wire.message(wire.PING, 1 << 41)
        held = 0
        while not one.socket.is_reset:
            one.socket.packet(RW, ping * 512)
            held += len(ping) * 512
            assert held < 2 * vsock.PROMISED, 'more than was promised is taken'
            guest.hear(0)
        assert 'more bytes than it has credit for' in patient.log()
        assert other.call(session).status == 0


def test_lies_about_credit(agent):
    """Whatever the guest says of its room, it gets what it asked for, or is reset."""
    with agent.guest() as guest:
        data = bytes(100000)
        for promised, taken in ((0xffffffff, 0), (0, 0xffffffff), (0x80000000, 0x7fffffff), (1, 5)):
            one = guest.client()
            session = one.begin()
            one.socket.packet(CREDIT_UPDATE, buf_alloc=promised, fwd_cnt=taken)
            call = one.start_call(session, *conversation.mirrored(data), name=b'mirror.copy')
            try:
                assert len(one.answer(call).payload) == len(data)
            except (client.Closed, ConnectionError):
                assert one.socket.is_reset or one.socket.is_shut
            one.socket.packet(RST)
            guest.streams.clear()
        works(guest)


def test_questions_about_credit(agent):
    """While bytes are taken, of which none of the answers knows less than the one before."""
    with agent.guest(buffers=60) as guest:
        one = guest.client()
        cancels = wire.message(wire.CANCEL, 1, wire.cancel.pack(call=77)) * 20
        told = {'src_cid': vsock.CID, 'dst_cid': vsock.HOST, 'src_port': one.socket.port,
                'dst_port': vsock.PORT, 'type': vsock.STREAM, 'buf_alloc': 2}
        packets = [HEADER.pack(op=RW, len=len(cancels), **told) + cancels,
                   HEADER.pack(op=CREDIT_REQUEST, **told)]
        for _ in range(100):
            guest.until(lambda: one.socket.credit() >= 20 * len(cancels), 'no credit')
            one.socket.sent += 20 * len(cancels)
            guest.raw_at_once(packets * 20)
        assert not one.socket.is_reset
        one.socket.packet(RST)
        guest.streams.clear()


def test_one_that_never_reads(agent):
    """Its answers wait for its credit, and no other stream for it."""
    with agent.guest() as guest:
        silent = [deaf(guest) for _ in range(4)]
        for _ in range(20):
            works(guest)
        for one in silent:
            one.socket.wait_reset()


def test_one_that_stops_in_a_message(agent):
    """It is disconnected, and meanwhile others are served."""
    with agent.guest() as guest:
        one = guest.client()
        one.send(wire.message(wire.PING, 1)[:10])
        works(guest)
        one.socket.wait_reset()


def test_no_buffers(agent):
    """Nothing can be answered; once there are buffers all is."""
    with agent.guest() as guest:
        guest.posts = False
        places = list(guest.places.values())
        streams = [guest.stream() for _ in range(MOST)]
        for stream in streams:
            stream.packet(REQUEST)
        for port in range(20):
            guest.packet(REQUEST, 5000 + port, dst_port=1)
        guest.until(lambda: not guest.places, 'they were not used')
        guest.posts = True
        for place in places:
            guest.post(place)
        guest.until(lambda: all(stream.peer for stream in streams), 'no answers')
        assert all(stream.peer['op'] == RESPONSE for stream in streams)
        guest.until(lambda: len(guest.strange) == 20, 'no resets')


def test_packets_wait_while_replies_do(agent):
    """Who causes replies without an end and takes none is not heard at some time."""
    with agent.guest(queue_size=128) as guest:
        guest.posts = False
        places = list(guest.places.values())
        sent = 0
        try:
            for sent in range(1000):
                guest.packet(CREDIT_REQUEST, 60, seconds=0.5 if sent >= LEAST_HEARD else None)
        except AssertionError:
            pass
        assert LEAST_HEARD <= sent < 200, sent
        guest.posts = True
        for place in places:
            guest.post(place)
        guest.wait_sent()
        guest.until(lambda: len(guest.strange) == sent + 1, 'not all were answered')
        works(guest)


def test_buffers_that_are_none(agent):
    """Too small for a header, not to be written, outside of the memory: they come back, and others are used."""
    with agent.guest(buffers=0) as guest:
        ring = guest.rings[RX]
        good = guest.memory.keep(SIZE + vsock.BUFFER)
        for readable, writable in (([], [(good, 8)]), ([], [(good, SIZE)]), ([(good, 100)], []),
                                   ([], [(1 << 40, 4096)]), ([(good, 100)], [(good, 44)])):
            guest.places[ring.post(readable, writable)] = None
        guest.posts = False
        guest.packet(REQUEST, 61, dst_port=1)
        guest.until(lambda: not guest.places, 'they do not come back')
        guest.post(good)
        reset_of(guest, 61)


def test_a_loop_of_descriptors(agent):
    with agent.guest(buffers=2) as guest:
        for ring, flags in ((guest.rings[RX], NEXT | WRITE), (guest.rings[TX], NEXT)):
            numbers = ring.take(2)
            ring.write_desc(numbers[0], guest.room, 44, flags, numbers[1])
            ring.write_desc(numbers[1], guest.room, 44, flags, numbers[0])
            ring.announce(numbers[0])
            if ring is guest.rings[RX]:
                guest.places[numbers[0]] = None
        guest.wait_sent()
        works(guest)
        assert guest.rings[RX].next_used > 3


def test_too_many_streams(agent):
    """Up to the setting; when some have ended there is room again."""
    with agent.guest() as guest:
        many = [guest.client() for _ in range(MOST)]
        late = guest.stream()
        try:
            late.connect()
            raise AssertionError('one more than may be is connected')
        except ConnectionRefusedError:
            pass
        for one in many:
            one.close()
        works_soon(guest)


def test_a_storm_of_resets(agent):
    with agent.guest() as guest:
        with guest.client() as one:
            for port in range(3000):
                guest.packet(RST, port + 100000)
            assert one.call(one.begin()).status == 0
        assert guest.strange == []


def test_a_storm_of_connections(agent):
    """Begun and reset at once: what they were has to go, and there is room for more."""
    with agent.guest() as guest:
        for number in range(300):
            stream = guest.stream()
            stream.packet(REQUEST)
            stream.packet(RST)
            del guest.streams[stream.port]
        works_soon(guest)


def test_a_reset_during_a_call(agent):
    with agent.guest() as guest:
        for _ in range(20):
            one = client_soon(guest)
            session = one.begin()
            one.start_call(session, *conversation.mirrored(bytes(1 << 20)), name=b'mirror.copy')
            one.socket.packet(RST)
            guest.streams.clear()
        works_soon(guest)


def test_the_worker_dies(agent):
    """Streams are reset, also one that only waits; new ones are served by the next worker."""
    with agent.guest() as guest:
        several = [guest.client() for _ in range(4)]
        for one in several:
            one.begin()
        agent.kill_worker(guest)
        for one in several:
            one.socket.wait_reset()
        guest.streams.clear()
        works(guest)


def random_packet(random_, guest):
    lies = {name: random_.choice([0, 1, 2, 3, 5, 44, (1 << 15) - 1, (1 << 16) - 1])
            for name in ('len', 'flags', 'buf_alloc', 'fwd_cnt', 'type') if random_.random() < 0.2}
    guest.packet(random_.randrange(9), 1000 + random_.randrange(8), random_.randbytes(random_.randrange(99)),
                 **lies)


def test_random_packets(agent):
    """Nobody has to understand them; whoever comes then is served."""
    with agent.guest() as guest:
        random_ = random.Random(SEED)
        for _ in range(1500):
            random_packet(random_, guest)
            guest.hear(0)
        guest.hear(0.1)
        for port in range(1000, 1008):
            guest.packet(RST, port)
        guest.next_port = 3000
        works_soon(guest)


if __name__ == '__main__':
    victim.main(__name__, CONFIGURATION, kind=vsock.VsockVictim)
