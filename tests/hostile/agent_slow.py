# SPDX-License-Identifier: Apache-2.0
"""Clients that stop in the middle, are slow, or do not read what they asked for."""
import socket
import time

import cases
import conversation
import wire
from agent import greeted

CONFIGURATION = '[timeouts]\nhello_ms = {short}\nstall_ms = {short}\n'
MANY = 40
BIG = 3 * wire.PART_MAX


def is_closed(connection):
    """Without a word of the client's, and in time: the connection waits no longer than that."""
    return connection.until_closed()


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
        connection = agent.connection()
        connections.append(connection)
        conversation.up_to(connection, name)
        connection.send(piece)
    agent.is_usable()
    for connection in connections:
        is_closed(connection)
        connection.close()


def test_a_payload_that_stops_between_its_parts(agent):
    with greeted(agent) as connection:
        conversation.up_to(connection, 'call', greeted=True)
        read, write = conversation.mirrored(bytes(64))
        connection.send(wire.message(wire.CALL, 50, wire.call_body(1, read=read, write=write),
                                     bytes(32), flags=wire.MORE))
        is_closed(connection)


def test_an_idle_client_is_no_trouble(agent):
    with agent.client() as client:
        session = client.begin()
        time.sleep(4 * cases.SHORT * agent.slowness / 1000)
        assert client.call(session).status == 0


def test_one_byte_at_a_time(agent):
    """Slow, and longer than a peer may stand still; but it does not stand still."""
    with greeted(agent) as connection:
        conversation.up_to(connection, 'call', greeted=True)
        message = conversation.whole()['call']
        pause = 2 * cases.SHORT * agent.slowness / 1000 / len(message)
        for byte in message:
            connection.send(bytes([byte]))
            time.sleep(pause)
        assert connection.receive().header['status'] == 0


def large_call(id):
    """One that brings back as much as sockets do not take by themselves."""
    write = [wire.Arg(wire.BUFFER, wire.RETURNED, BIG)]
    return wire.message(wire.CALL, id, wire.call_body(1, write=write, name=b'mirror.nothing'))


def test_answers_that_nobody_reads(agent):
    with greeted(agent) as connection:
        conversation.up_to(connection, 'call', greeted=True)
        connection.send(*[large_call(id) for id in range(100, 100 + MANY)])
        agent.is_usable()
        time.sleep(4 * cases.SHORT * agent.slowness / 1000)
        is_closed(connection)


def test_pings_whose_answers_nobody_reads(agent):
    """Small as they are, they are not kept without an end."""
    with greeted(agent) as connection:
        pings = b''.join(wire.message(wire.PING, id) for id in range(1, 2000))
        connection.socket.settimeout(2 * cases.SHORT * agent.slowness / 1000)
        try:
            while True:
                connection.socket.sendall(pings)
        except (TimeoutError, BrokenPipeError, ConnectionResetError):
            pass
        agent.is_usable()


def test_answers_that_are_read_slowly(agent):
    with agent.client() as client:
        conversation.up_to(client, 'call', greeted=True)
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.send(large_call(100))
        left = BIG
        while left > 0:
            left -= len(client.take(min(left, 1 << 16)))
            time.sleep(0.01)


def test_many_who_wait_side_by_side(agent):
    """Others are served while they do."""
    waiting = [agent.connection() for _ in range(MANY)]
    for size, connection in enumerate(waiting):
        connection.send(conversation.whole()['hello'][:size % 30])
    agent.is_usable()
    for connection in waiting:
        is_closed(connection)
        connection.close()


if __name__ == '__main__':
    cases.main(__name__, CONFIGURATION)
