# SPDX-License-Identifier: Apache-2.0
"""Clients that stop in the middle, are slow, or do not read what they asked for."""
import select
import socket
import time

import cases
import client
import conversation
import wire
from agent import greeted

CONFIGURATION = '[timeouts]\nhello_ms = {short}\nstall_ms = {short}\n'
MANY = 40
BIG = 3 * wire.PART_MAX


def is_closed(connection):
    """Without a word of the client's, and in time: the connection waits no longer than that."""
    return connection.until_closed()


def in_time(agent, do):
    """What @do returns. A client that stood still itself, longer than it may, was closed, and tries again."""
    done = []

    def is_done():
        try:
            done.append(do())
            return True
        except client.Closed:
            return False

    client.wait_until(is_done, agent.patience, 'it is closed each time')
    return done[0]


def reached(agent, name):
    """A connection on which all is said that comes before that message."""
    def connect():
        connection = agent.connection()
        conversation.up_to(connection, name)
        return connection

    return in_time(agent, connect)


def each_beginning():
    """The first half of every message, and messages that miss their last byte."""
    for name, message in conversation.whole().items():
        yield name, message[:len(message) // 2]
        yield name, message[:-1]


def test_nothing_at_all(agent):
    for address in (agent.address, agent.tcp_address):
        with agent.connection(address) as connection:
            is_closed(connection)


def test_messages_that_stop_in_the_middle(agent):
    """All at the same time, as each takes its time."""
    connections = []
    for name, piece in each_beginning():
        connection = reached(agent, name)
        connections.append(connection)
        connection.send(piece)
    agent.is_usable_soon()
    for connection in connections:
        is_closed(connection)
        connection.close()


def test_a_payload_that_stops_between_its_parts(agent):
    with reached(agent, 'call') as connection:
        read, write = conversation.mirrored(bytes(64))
        connection.send(wire.message(wire.CALL, 50, wire.call_body(1, read=read, write=write),
                                     bytes(32), flags=wire.MORE))
        is_closed(connection)


def test_an_idle_client_is_no_trouble(agent):
    with in_time(agent, agent.client) as idle:
        session = idle.begin()
        time.sleep(4 * cases.SHORT * agent.slowness / 1000)
        assert idle.call(session).status == 0


def test_one_byte_at_a_time(agent):
    """Slow, and longer than a peer may stand still; but it does not stand still."""
    message = conversation.whole()['call']
    pause = 2 * cases.SHORT * agent.slowness / 1000 / len(message)

    def answer():
        with reached(agent, 'call') as connection:
            for byte in message:
                connection.send(bytes([byte]))
                time.sleep(pause)
            return connection.receive()

    assert in_time(agent, answer).header['status'] == 0


def large_call(id):
    """One that brings back as much as sockets do not take by themselves."""
    write = [wire.Arg(wire.BUFFER, wire.RETURNED, BIG)]
    return wire.message(wire.CALL, id, wire.call_body(1, write=write, name=b'mirror.nothing'))


def ends_unread(connection):
    """The agent goes, while nothing of what it has sent is taken."""
    ends = select.poll()
    ends.register(connection.socket, select.POLLRDHUP)
    assert ends.poll(1000 * connection.socket.gettimeout()), 'it is not disconnected'


def test_answers_that_nobody_reads(agent):
    with reached(agent, 'call') as connection:
        connection.send(*[large_call(id) for id in range(100, 100 + MANY)])
        agent.is_usable_soon()
        ends_unread(connection)
        is_closed(connection)


def test_pings_whose_answers_nobody_reads(agent):
    """Small as they are, they are not kept without an end."""
    with in_time(agent, lambda: greeted(agent)) as connection:
        pings = b''.join(wire.message(wire.PING, id) for id in range(1, 2000))
        connection.socket.settimeout(2 * cases.SHORT * agent.slowness / 1000)
        try:
            while True:
                connection.socket.sendall(pings)
        except (TimeoutError, BrokenPipeError, ConnectionResetError):
            pass
        agent.is_usable_soon()


def test_answers_that_are_read_slowly(agent):
    def take_all():
        with reached(agent, 'call') as connection:
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.send(large_call(100))
            left = BIG
            while left > 0:
                left -= len(connection.take(min(left, 1 << 16)))
                time.sleep(0.01)

    in_time(agent, take_all)


def test_many_who_wait_side_by_side(agent):
    """Others are served while they do."""
    waiting = [agent.connection() for _ in range(MANY)]
    for size, connection in enumerate(waiting):
        connection.send(conversation.whole()['hello'][:size % 30])
    agent.is_usable_soon()
    for connection in waiting:
        is_closed(connection)
        connection.close()


if __name__ == '__main__':
    cases.main(__name__, CONFIGURATION)
