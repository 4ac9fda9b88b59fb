# SPDX-License-Identifier: Apache-2.0
"""Every field of every message: too small, too large, lying, all ones; and gaps that are not zeros."""
import socket

import cases
import conversation
import wire
from agent import closed_with

WHOLE = conversation.whole()
WRONG = (0, 1, 2, 7, 8, 0x7f, 0x8000, 0x10000, 0x7fffffff, 0x80000000, 1 << 40, 1 << 63)


def layouts_of(message):
    """Where which structs lie in it: the header, the body's struct, arguments, fields."""
    head = wire.header.unpack(message)
    yield 0, wire.header
    at = wire.HEADER_SIZE
    if head['type'] in wire.REQUESTS:
        yield at, wire.REQUESTS[head['type']]
        at += wire.REQUESTS[head['type']].size
    if head['type'] == wire.CALL:
        told = wire.call_head.unpack(message, wire.HEADER_SIZE)
        for i in range(told['nr_read'] + told['nr_write']):
            yield at + i * wire.arg_head.size, wire.arg_head
    if head['type'] == wire.HELLO:
        yield at, wire.field_head


def places_of(message):
    """Of each number in it: where, and how many bytes."""
    for at, layout in layouts_of(message):
        for offset, size in layout.places.values():
            yield at + offset, size


def changed(message, at, size):
    """The message with other numbers there."""
    honest = int.from_bytes(message[at:at + size], 'little')
    most = (1 << 8 * size) - 1
    for value in {*WRONG, most, most - 1, honest + 1, honest - 1, honest * 2, honest + 8}:
        if 0 <= value <= most and value != honest:
            yield message[:at] + value.to_bytes(size, 'little') + message[at + size:]


def attack(agent, name, message):
    """Whatever it says, the agent answers or says goodbye, and is done when the client is."""
    with agent.connection() as connection:
        conversation.up_to(connection, name)
        connection.send(message)
        connection.socket.shutdown(socket.SHUT_WR)
        messages, _ = connection.until_closed()
        for answer in messages:
            assert answer.header['type'] in (wire.ANSWER, wire.PART), answer


def attacks_on(name):
    def test(agent):
        message = WHOLE[name]
        for at, size in places_of(message):
            for wrong in changed(message, at, size):
                attack(agent, name, wrong)
        agent.is_usable()

    return test


for _name in WHOLE:
    globals()[f'test_{_name}'] = attacks_on(_name)


def refuses(agent, message, words, after='begin'):
    """It breaks a rule: a goodbye, which names the rule."""
    with agent.connection() as connection:
        conversation.up_to(connection, after)
        connection.send(message)
        closed_with(connection, words)


def test_rules_of_headers(agent):
    for lie, words in (({'type': 0}, 'type'), ({'type': 7}, 'type'), ({'type': 0xffff}, 'type'),
                       ({'flags': 2}, 'flags'), ({'flags': 0x8001}, 'flags'), ({'id': 0}, 'id'),
                       ({'body_size': 4}, 'multiple of 8'), ({'body_size': 65544}, '65536'),
                       ({'payload_size': 1 << 20 | 1}, 'payload'), ({'flags': 1}, 'no bytes'),
                       ({'status': 1}, 'status')):
        told = {'type': wire.SESSION_BEGIN, 'id': 5, **lie}
        refuses(agent, wire.message(told.pop('type'), told.pop('id'), wire.session_begin.pack(),
                                    **told), words)


def test_rules_of_hello(agent):
    good = {'magic': wire.MAGIC, 'oldest': 1, 'newest': 1}
    for lie, words in (({'magic': 0}, 'magic'), ({'oldest': 0}, 'oldest'),
                       ({'oldest': 2}, 'oldest'), ({'oldest': 2, 'newest': 3}, '2 to 3'),
                       ({'oldest': 7, 'newest': 0xffff}, '7 to 65535')):
        body = wire.hello.pack(**{**good, **lie})
        refuses(agent, wire.message(wire.HELLO, 1, body), words, 'hello')
    refuses(agent, wire.message(wire.HELLO, 1, b''), 'too short', 'hello')


def test_a_range_of_versions_has_the_one(agent):
    with agent.connection() as connection:
        connection.send(wire.message(wire.HELLO, 1, wire.hello_body(newest=0xffff)))
        told = wire.welcome.unpack(connection.receive().body)
        assert told['version'] == 1 and told['magic'] == wire.MAGIC and told['calls_max'] > 0


def test_hello_comes_first_and_once(agent):
    for name, message in WHOLE.items():
        if name != 'hello':
            refuses(agent, message, 'hello', 'hello')
    refuses(agent, WHOLE['hello'], 'hello')


def test_messages_that_no_client_sends(agent):
    refuses(agent, wire.message(wire.ANSWER, 2), 'no request')
    refuses(agent, wire.message(wire.GOODBYE, 0), 'no request')
    refuses(agent, wire.message(wire.GOODBYE, 1), 'no request')
    refuses(agent, wire.message(wire.PART, 2, b'', b'x'), 'part')


def test_zeros_that_are_not(agent):
    for type, layout in ((wire.SESSION_BEGIN, wire.session_begin),
                         (wire.SESSION_UPDATE, wire.session_update)):
        refuses(agent, wire.message(type, 5, layout.pack(zero=1)), 'zero')


def test_fields(agent):
    good = wire.session_begin.pack()
    with agent.connection() as connection:
        conversation.up_to(connection, 'begin')
        optional = wire.field(999, b'new') + wire.field(1000, b'') + wire.field(wire.TAG_PEER, b'x')
        connection.send(wire.message(wire.SESSION_BEGIN, 5, good + optional))
        assert connection.receive().header['status'] == 0
    for bad, words in ((wire.field(999, b'x', flags=wire.REQUIRED), 'required'),
                       (wire.field(999, b'x', flags=2), 'flags'),
                       (wire.field(999, b'', size=8), 'longer'),
                       (wire.field(999, b'', size=0xffffffff), 'longer'),
                       (wire.field(999, b'abc')[:-1] + b'x', 'gap'),
                       (wire.field(wire.TAG_PEER, b'abc')[:-1] + b'x', 'gap'),
                       (wire.field(wire.TAG_PEER, b'a\0b'), 'NUL'),
                       (wire.field(wire.TAG_PEER, b'x' * 513), 'too long'),
                       (wire.field(wire.TAG_DIGEST, bytes(31)), '32 bytes'),
                       (wire.field(wire.TAG_DIGEST, b'', size=32), 'cut off')):
        refuses(agent, wire.message(wire.SESSION_BEGIN, 5, good + bad), words)


def test_a_body_of_nothing_but_fields(agent):
    """As many as there is room for."""
    with agent.connection() as connection:
        conversation.up_to(connection, 'begin')
        count = (wire.BODY_MAX - 8) // 8
        connection.send(wire.message(wire.SESSION_BEGIN, 5, wire.session_begin.pack()
                                     + count * wire.field(999, b'')))
        assert connection.receive().header['status'] == 0


def test_rules_of_calls(agent):
    big = 1 << 62
    for lie, words in (({'nr_read': 1}, 'arguments'), ({'nr_write': 0xffffffff}, 'arguments'),
                       ({'nr_read': 0xffffffff, 'nr_write': 1}, 'arguments'),
                       ({'op': -2}, 'number or a name'), ({'op': -1}, 'number or a name'),
                       ({'name_size': 8}, 'number or a name')):
        refuses(agent, wire.message(wire.CALL, 5, wire.call_body(1, **lie)), words)
    refuses(agent, wire.message(wire.CALL, 5, wire.call_body(1, name=b'x' * 64)), 'too long')
    refuses(agent, wire.message(wire.CALL, 5, wire.call_body(1, name=b'a\0b')), 'NUL')
    for arg, words in ((wire.Arg(30, 0, 8), 'type of argument'), (wire.Arg(0, 4, 8), 'flags'),
                       (wire.Arg(0, 0, 1 << 63), 'too large'), (wire.Arg(0, 1, 8), 'payload')):
        refuses(agent, wire.message(wire.CALL, 5, wire.call_body(1, read=[arg])), words)
    several = [wire.Arg(0, 2, big)] * 3
    refuses(agent, wire.message(wire.CALL, 5, wire.call_body(1, write=several)), 'too large')


def test_payloads_that_differ_from_their_bodies(agent):
    read = [wire.arg(wire.BUFFER, b'12345678')]
    body = wire.call_body(1, read=read, name=b'mirror.nothing')
    for payload in (b'', b'1234567', b'123456789'):
        refuses(agent, wire.message(wire.CALL, 5, body, payload), 'payload')
    refuses(agent, wire.message(wire.CALL, 5, body, b'12345678', flags=wire.MORE), 'payload')
    for type in (wire.SESSION_BEGIN, wire.PING):
        layout = wire.REQUESTS.get(type)
        refuses(agent, wire.message(type, 5, layout.pack() if layout else b'', b'surprise'),
                'payload')


if __name__ == '__main__':
    cases.main(__name__)
