# SPDX-License-Identifier: Apache-2.0
"""Guests that use their vsock as they should."""
import signal
import socket
import time

import client
import conversation
import front
import victim
import vsock
from front import STATE


def test_what_the_device_says(agent):
    with agent.front() as machine:
        assert machine.ask_u64(front.GET_FEATURES) & front.F_VERSION_1
        assert machine.get_config(8) == vsock.CID.to_bytes(8, 'little')
        assert machine.get_config(4, 4) == bytes(4)
        assert machine.ask_u64(front.GET_QUEUE_NUM) == 3


def calls(one):
    session = one.begin()
    assert one.call(session).status == 0
    one.end(session)


def test_calls(agent):
    with agent.guest() as guest, guest.client() as one:
        calls(one)


def test_three_rings(agent):
    with agent.guest(queues=3) as guest, guest.client() as one:
        calls(one)
    with agent.guest(queues=3) as guest:
        assert guest.front.stop()[vsock.EVENT] == 0


def mirrored(one, size):
    """Bytes there and back."""
    data = bytes(i * 7 % 251 for i in range(size))
    answer = one.call(one.begin(), *conversation.mirrored(data), name=b'mirror.copy')
    assert answer.status == 0 and answer.payload == data[::-1], (answer.status, len(answer.payload))


def test_payloads_of_many_sizes(agent):
    """Below and above a packet, a buffer, and all that is promised."""
    with agent.guest() as guest, guest.client() as one:
        for size in (1, 43, 4096, 65535, 65536, vsock.PROMISED - 100, vsock.PROMISED + 1, 3 << 20):
            mirrored(one, size)


def test_a_guest_that_promises_little(agent):
    """Of what it can hold it is never sent more."""
    with agent.guest() as guest:
        for promised in (1, 44, 1000, 5000):
            with guest.client(promised=promised) as one:
                mirrored(one, 20 * promised)


def test_several_at_once(agent):
    with agent.guest() as guest:
        several = [guest.client() for _ in range(8)]
        sessions = [one.begin() for one in several]
        begun = [one.start_call(session) for one, session in zip(several, sessions)]
        for one, call in zip(several, begun):
            assert one.answer(call).status == 0
        for one in several:
            one.close()


def test_64_of_which_one_never_reads(agent):
    """The others have all that they ask for before that one is given up."""
    with agent.guest() as guest:
        silent, others = guest.client(promised=1000), [guest.client() for _ in range(63)]
        sessions = [one.begin() for one in others]
        data = bytes(i % 251 for i in range(100000))
        mirrors = conversation.mirrored(data)
        silent.start_call(silent.begin(), *mirrors, name=b'mirror.copy')
        begun = [one.start_call(session, *mirrors, name=b'mirror.copy')
                 for one, session in zip(others, sessions)]
        for one, call in zip(others, begun):
            assert one.answer(call).payload == data[::-1]
        assert not silent.socket.is_reset and len(silent.socket.got) <= 1000
        silent.socket.packet(vsock.RST)


def test_the_guest_closes_one_way(agent):
    """What it has asked for is still answered."""
    with agent.guest() as guest:
        one = guest.client()
        call = one.start_call(one.begin())
        assert one.answer(call).status == 0
        one.socket.shutdown(socket.SHUT_WR)
        one.socket.wait_reset()


def test_a_goodbye_arrives(agent):
    """Before the stream is shut down, and then reset."""
    with agent.guest() as guest, guest.client(greet=False) as one:
        one.send(b'no message of ours, and longer than a header is, for sure')
        _, goodbye = one.until_closed()
        assert 'does not keep to the protocol' in client.sentence_of(goodbye)
        one.socket.wait_reset()


def test_the_agent_ends(agent):
    """Whoever is connected is told why."""
    with agent.another() as other, other.guest() as guest:
        one = guest.client()
        calls(one)
        other.process.send_signal(signal.SIGTERM)
        one.socket.wait_reset()
        _, goodbye = one.until_closed()
        assert 'the agent is shut down' in client.sentence_of(goodbye)


def test_a_port_is_used_again(agent):
    with agent.guest() as guest:
        for _ in range(20):
            stream = vsock.Stream(guest, 77)
            with vsock.Client(stream) as one:
                calls(one)


def test_a_guest_restarts(agent):
    """What it had is gone, and it connects anew, from the same ports too."""
    with agent.guest() as guest:
        for _ in range(3):
            one = vsock.Client(vsock.Stream(guest, 99))
            calls(one)
            bases = guest.front.stop()
            assert bases == [ring.next_avail if number else ring.next_used
                             for number, ring in enumerate(guest.rings)], bases
            for ring in guest.rings:
                ring.begin()
            guest.streams.clear()
            places = list(guest.places.values())
            guest.places.clear()
            guest.front.start()
            for place in places:
                guest.post(place)


def test_one_ring_alone_is_stopped(agent):
    """And started again, where it was; the other goes on with it."""
    with agent.guest() as guest:
        with guest.client() as one:
            calls(one)
        ring = guest.rings[vsock.TX]
        base = STATE.unpack(guest.front.ask(front.GET_VRING_BASE, STATE.pack(vsock.TX, 0)))[1]
        assert base == ring.next_avail, base
        guest.front.send(front.SET_VRING_BASE, STATE.pack(vsock.TX, base))
        guest.front.send(front.SET_VRING_KICK, front.U64.pack(vsock.TX),
                         [guest.front.queues[vsock.TX].kick_fd])
        with guest.client() as one:
            calls(one)


def waits_for_a_buffer(agent, guest, one):
    """An answer does; returns its call, and buffers that may be posted."""
    session = one.begin()
    places = guest.use_up_buffers(one.socket)
    call = one.start_call(session)
    time.sleep(0.2 * agent.slowness)
    return call, places


def test_a_buffer_that_another_takes(agent):
    """Before the driver looks whether it should kick; who waits still has to hear of the next one."""
    with agent.guest() as guest, guest.client() as one:
        call, (first, *more) = waits_for_a_buffer(agent, guest, one)
        guest.post(first, kick=False)
        one.socket.packet(vsock.CREDIT_REQUEST)
        guest.until(lambda: not guest.places, 'it is not used')
        for place in more:
            guest.post(place, kick=not guest.rings[vsock.RX].used_flags[0] & vsock.NO_NOTIFY)
        guest.posts = True
        assert one.answer(call).status == 0


def test_without_kicks(agent):
    """The device looks by itself for packets, and for buffers when there were none."""
    with agent.guest(kicks=False) as guest, guest.client() as one:
        call, places = waits_for_a_buffer(agent, guest, one)
        for place in places:
            guest.post(place)
        guest.posts = True
        assert one.answer(call).status == 0
        mirrored(one, 3 << 20)


def test_a_guest_that_promises_less(agent):
    """In the middle of a message: it may have less on its way itself, so it is told of room at once."""
    with agent.guest() as guest, guest.client() as one:
        data, parts = bytes(200000), []
        session = one.begin()
        one.socket.sendall = parts.append
        call = one.start_call(session, *conversation.mirrored(data), name=b'mirror.copy')
        del one.socket.sendall
        message = b''.join(parts)
        one.socket.sendall(message[:100000])
        time.sleep(0.2 * agent.slowness)
        one.socket.promised = 50000
        one.socket.packet(vsock.CREDIT_UPDATE)
        guest.until(lambda: one.socket.credit() > 0, 'no credit', 3 * agent.slowness)
        one.socket.sendall(message[100000:])
        assert one.answer(call).payload == data


if __name__ == '__main__':
    victim.main(__name__, kind=vsock.VsockVictim)
