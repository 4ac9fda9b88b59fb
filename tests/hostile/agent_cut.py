# SPDX-License-Identifier: Apache-2.0
"""Clients that go at any byte of a conversation, and clients that send rubbish."""
import random
import socket

import cases
import conversation
import wire

SEED = 20261
ROUNDS = 300
MESSAGES = list(conversation.whole().items())
WHOLE = b''.join(message for _, message in MESSAGES)


def test_all_of_it_is_answered(agent):
    """Otherwise what follows is not cut out of what it should be."""
    with agent.client(greet=False) as client:
        conversation.up_to(client, None)


def cut_messages():
    """Each beginning of the conversation: whole messages, and so many bytes of the next."""
    for name, message in MESSAGES:
        for size in range(len(message)):
            yield name, message[:size]


def test_closed_after_each_byte(agent):
    for name, piece in cut_messages():
        with agent.connection() as connection:
            conversation.up_to(connection, name)
            connection.send(piece)


def test_no_more_to_say_after_each_byte(agent):
    """The agent has to see the end by itself, and to close."""
    for name, piece in cut_messages():
        with agent.connection() as connection:
            conversation.up_to(connection, name)
            connection.send(piece)
            connection.socket.shutdown(socket.SHUT_WR)
            assert connection.until_closed() == ([], None)


def test_all_at_once_and_closed_after_each_byte(agent):
    """Nothing is waited for: requests are under way when their client goes."""
    for size in range(len(WHOLE) + 1):
        with agent.connection() as connection:
            connection.send(WHOLE[:size])


def test_all_at_once_over_tcp(agent):
    for size in range(0, len(WHOLE) + 1, 5):
        with agent.connection(agent.tcp_address) as connection:
            connection.send(WHOLE[:size])


def test_answers_are_not_read(agent):
    """Closing with bytes unread resets a connection."""
    for size in (100, 200, 600, len(WHOLE)):
        with agent.connection(agent.tcp_address) as connection:
            connection.send(WHOLE[:size])
            connection.take(1)


def test_in_pieces_of_one_byte(agent):
    with agent.connection(agent.tcp_address) as connection:
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answered = [message for name, message in MESSAGES if name not in conversation.UNANSWERED]
        for message in answered[:8]:
            for byte in message:
                connection.send(bytes([byte]))
            assert connection.receive().header['status'] == 0


def chances():
    """For each round its own, so that one can be repeated."""
    for number in range(ROUNDS):
        yield random.Random(SEED + number)


def survives(agent, *data, greeted=True):
    """Send it all; then the agent closes the connection, as it must."""
    with agent.connection() as connection:
        if greeted:
            conversation.up_to(connection, 'begin')
        connection.send(*data)
        connection.socket.shutdown(socket.SHUT_WR)
        connection.until_closed()


def test_rubbish_from_the_beginning(agent):
    for chance in chances():
        survives(agent, chance.randbytes(chance.randrange(1, 3000)), greeted=False)


def test_rubbish_after_hello(agent):
    for chance in chances():
        survives(agent, chance.randbytes(chance.randrange(1, 3000)))


def test_rubbish_as_bodies(agent):
    types = sorted(wire.REQUESTS)
    for chance in chances():
        body = chance.randbytes(8 * chance.randrange(20))
        survives(agent, wire.message(chance.choice(types), 5, body, chance.randbytes(9)))


def test_small_numbers_as_bodies(agent):
    """They are nearer to what is meant than rubbish is."""
    types = sorted(wire.REQUESTS)
    for chance in chances():
        body = b''.join(chance.choice((0, 1, 2, 8, 0xffffffff)).to_bytes(4, 'little')
                        for _ in range(2 * chance.randrange(12)))
        survives(agent, wire.message(chance.choice(types), 5, body))


def test_bits_that_are_wrong(agent):
    for chance in chances():
        wrong = bytearray(WHOLE)
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(8 * len(wrong))
            wrong[at // 8] ^= 1 << at % 8
        survives(agent, bytes(wrong), greeted=False)


def test_messages_in_any_order(agent):
    for chance in chances():
        order = [message for _, message in MESSAGES[1:]]
        chance.shuffle(order)
        survives(agent, *order[:chance.randrange(len(order))])


def test_messages_twice(agent):
    """With the same ids: some are in use still, some are free again."""
    for chance in chances():
        order = [message for _, message in MESSAGES[1:] for _ in range(chance.randrange(3))]
        survives(agent, *order)


def test_pieces_of_messages_left_out(agent):
    for chance in chances():
        start = chance.randrange(len(WHOLE))
        survives(agent, WHOLE[:start] + WHOLE[start + chance.randrange(1, 64):], greeted=False)


if __name__ == '__main__':
    cases.main(__name__)
