# SPDX-License-Identifier: Apache-2.0
"""Requests side by side: ids in use, of others or of nothing, parts, cancels, deadlines."""
import cases
import conversation
import wire
from agent import closed_with, greeted, refused_with

SESSION = conversation.SESSION
OPEN, WAIT = b'mirror.open', b'mirror.wait'


def count(number):
    return [wire.arg(wire.INT32, number.to_bytes(4, 'little'))]


def call_bytes(id, size, session=SESSION):
    """Body of a call with that many bytes in, and out again."""
    read = [wire.Arg(wire.BUFFER, wire.SENT, size)]
    write = [wire.Arg(wire.BUFFER, wire.RETURNED, size)]
    return wire.call_body(session, read=read, write=write, name=b'mirror.copy')


def begun(agent):
    """A connection with a session."""
    connection = greeted(agent)
    connection.send(wire.message(wire.SESSION_BEGIN, 2, wire.session_begin.pack()))
    assert wire.id_of.unpack(connection.receive().body)['id'] == SESSION
    return connection


def waiting(client, session, how_many=1):
    """Calls that do not end until they are let go."""
    return [client.start_call(session, name=WAIT) for _ in range(how_many)]


def let_go(client, session, how_many=1):
    assert client.call(session, count(how_many), name=OPEN).status == 0


def test_an_id_in_use(agent):
    with begun(agent) as connection:
        body = wire.call_body(SESSION, name=WAIT)
        connection.send(wire.message(wire.CALL, 7, body), wire.message(wire.CALL, 7, body))
        closed_with(connection, 'id')
        with agent.client() as other:
            let_go(other, other.begin())


def test_an_id_in_use_by_a_request_that_has_begun(agent):
    with begun(agent) as connection:
        body = call_bytes(7, 64)
        first = wire.message(wire.CALL, 7, body, bytes(32), flags=wire.MORE)
        connection.send(first, first)
        closed_with(connection, 'id')


def test_an_id_can_be_used_again(agent):
    """As soon as its answer is there."""
    with begun(agent) as connection:
        for _ in range(2000):
            connection.send(wire.message(wire.CALL, 7, wire.call_body(SESSION)))
            answer = connection.receive()
            assert answer.header['type'] == wire.ANSWER and answer.header['status'] == 0


def test_as_many_calls_as_may_be(agent):
    """One is answered, the next may come."""
    with agent.client() as client:
        session = client.begin()
        most = client.welcome['calls_max']
        calls = waiting(client, session, most - 1)
        for _ in range(2000):
            assert client.call(session).status == 0
        let_go(client, session, most - 1)
        for call in calls:
            assert client.answer(call).status == 0


def test_more_calls_than_may_be(agent):
    """Those that are one too many are refused; pings are not."""
    with agent.client() as client, agent.client() as other:
        session, most = client.begin(), client.welcome['calls_max']
        calls = waiting(client, session, most)
        for _ in range(3):
            refused_with(client.call(session), 'calls')
        assert client.try_to(wire.PING).status == 0
        let_go(other, other.begin(), most)
        for call in calls:
            assert client.answer(call).status == 0
        assert client.call(session).status == 0


def test_more_calls_than_may_be_with_more_to_come(agent):
    """Whoever begins ever more of them is told to go."""
    with begun(agent) as connection:
        for id in range(10, 200):
            connection.send(wire.message(wire.CALL, id, call_bytes(id, 64), bytes(32),
                                         flags=wire.MORE))
        closed_with(connection, 'requests')


def test_requests_that_do_not_wait_for_each_other(agent):
    """Several come while one is read, or just after it: none is left lying."""
    with agent.client() as client:
        session, most = client.begin(), client.welcome['calls_max']
        for number in range(600):
            calls = [client.start_call(session) for _ in range(2 + number % (most - 1))]
            for call in calls:
                assert client.answer(call).status == 0
        for number in range(600):
            ids = range(client.next_id, client.next_id + 2 + number % (most - 1))
            client.next_id = ids.stop
            client.types.update((id, wire.CALL) for id in ids)
            client.send(*[wire.message(wire.CALL, id, wire.call_body(session)) for id in ids])
            for id in ids:
                assert client.answer(id).status == 0


def test_parts_of_several_requests_by_turns(agent):
    with agent.client() as client:
        session = client.begin()
        data = [bytes([65 + i]) * 3000 for i in range(5)]
        messages = []
        for i, text in enumerate(data):
            id = client.next_id + i
            client.types[id] = wire.CALL
            messages.append(wire.in_parts(wire.CALL, id, call_bytes(id, 3000, session), text, 7))
        for pieces in zip(*messages, strict=True):
            client.send(*pieces)
        for i, text in enumerate(data):
            assert client.answer(client.next_id + i).payload == text[::-1]


def bad_parts():
    """What follows the first half of 64 bytes, and what it breaks."""
    def part(id, size, flags=0, **lies):
        return wire.message(wire.PART, id, lies.pop('body', b''), bytes(size), flags=flags, **lies)

    yield part(8, 32), 'no request'
    yield part(7, 31), 'too short or too long'
    yield part(7, 33), 'too short or too long'
    yield part(7, 32, wire.MORE), 'too short or too long'
    yield part(7, 31, 0), 'too short or too long'
    yield part(7, 0), 'too short or too long'
    yield part(7, 0, wire.MORE), 'no bytes'
    yield part(7, 32, body=bytes(8)), 'no body'
    yield part(7, 32) + part(7, 1), 'no request'


def test_parts_that_do_not_fit(agent):
    for bad, words in bad_parts():
        with begun(agent) as connection:
            first = wire.message(wire.CALL, 7, call_bytes(7, 64), bytes(32), flags=wire.MORE)
            connection.send(first, bad)
            messages = []
            try:
                closed_with(connection, words)
            except AssertionError as error:
                raise AssertionError(f'{words}: {messages}') from error


def test_parts_without_a_beginning(agent):
    for id in (0, 1, 7, 1 << 63):
        with begun(agent) as connection:
            connection.send(wire.message(wire.PART, id, b'', b'x'))
            closed_with(connection, 'part')


def test_cancels_of_nothing(agent):
    """Of what never was, was answered, or is another's; and twice. They are ignored."""
    with agent.client() as client, agent.client() as other:
        session, others = client.begin(), other.begin()
        call, = waiting(client, session)
        for _ in range(2):
            for id in (0, 1, 99, call, (1 << 64) - 1):
                other.send(wire.message(wire.CANCEL, 5, wire.cancel.pack(call=id)))
                assert other.call(others).status == 0
        let_go(other, others)
        assert client.answer(call).status == 0
        client.send(wire.message(wire.CANCEL, 5, wire.cancel.pack(call=call)))
        assert client.call(session).status == 0


def test_a_cancelled_call_has_one_answer(agent):
    """And no outputs."""
    with agent.client() as client:
        session = client.begin()
        call = client.start_call(session, write=[wire.Arg(wire.BUFFER, wire.RETURNED, 100)],
                                 name=WAIT)
        for _ in range(2):
            client.send(wire.message(wire.CANCEL, call, wire.cancel.pack(call=call)))
        let_go(client, session)
        answer = client.answer(call)
        assert answer.status and answer.told['nr_returned'] == 0 and not answer.payload
        assert client.call(session).status == 0


def test_a_cancel_of_what_is_not_all_there(agent):
    with begun(agent) as connection:
        connection.send(
            wire.message(wire.CALL, 7, call_bytes(7, 64), bytes(32), flags=wire.MORE),
            wire.message(wire.CANCEL, 7, wire.cancel.pack(call=7)),
            wire.message(wire.PART, 7, b'', bytes(32)))
        answer = connection.receive()
        assert answer.header['id'] == 7 and answer.header['status'], answer


def test_a_deadline_that_has_passed(agent):
    """The payload takes longer than anybody waits."""
    with begun(agent) as connection:
        connection.send(wire.message(wire.CALL, 7, call_bytes(7, 64), bytes(32),
                                     flags=wire.MORE, deadline_ms=1))
        for byte in range(32):
            connection.send(wire.message(wire.PING, 100 + byte))
            connection.receive()
            more = wire.MORE if byte < 31 else 0
            connection.send(wire.message(wire.PART, 7, b'', b'x', flags=more))
        answer = connection.receive()
        assert answer.header['id'] == 7, answer


def test_ids_of_nothing(agent):
    """Of what never was, and of what was and is no more."""
    with agent.client() as client:
        session = client.begin()
        gone = client.begin()
        client.end(gone)
        resource = client.new_resource({b'a': b'b'})
        forgotten = client.new_resource({b'a': b'b'})
        client.ask(wire.RESOURCE_END, wire.id_of.pack(id=forgotten))
        for id in (0, gone, 64, 65, 1 << 31, 1 << 32 | session, 1 << 63, (1 << 64) - 1):
            refuse_session(client, id, resource)
        for id in (0, forgotten, 256, 257, 1 << 32 | resource, 1 << 63, (1 << 64) - 1):
            refuse_resource(client, session, id)
        for id in (0, 1, 1 << 63, (1 << 64) - 1):
            refuse_held(client, session, id)
        client.register(resource, session)


def refuse_session(client, session, resource):
    for type, body in (
            (wire.SESSION_UPDATE, wire.session_update.pack(session=session)),
            (wire.SESSION_END, wire.id_of.pack(id=session)),
            (wire.PROFILE, wire.id_of.pack(id=session)),
            (wire.CALL, wire.call_body(session)),
            (wire.CALL, wire.call_body(session, name=b'mirror.nothing')),
            (wire.RESOURCE_REGISTER, wire.use.pack(resource=resource, session=session)),
            (wire.RESOURCE_UNREGISTER, wire.use.pack(resource=resource, session=session)),
            (wire.RESOURCE_SYNC, wire.use.pack(resource=resource, session=session)),
            (wire.OUTPUT_FETCH, wire.fetch.pack(session=session, held=1, room=8)),
            (wire.OUTPUT_DROP, wire.drop.pack(session=session, held=1))):
        refused_with(client.try_to(type, body), 'session', wire.ESESS, wire.ENOENT)


def refuse_resource(client, session, resource):
    use = wire.use.pack(resource=resource, session=session)
    chunk = wire.chunk_body(resource, 0, b'x', b'name')
    refused_with(client.try_to(wire.RESOURCE_CHUNK, chunk, b'x'), 'resource', wire.ENOENT)
    refused_with(client.try_to(wire.RESOURCE_END, wire.id_of.pack(id=resource)), 'resource')
    for type in (wire.RESOURCE_REGISTER, wire.RESOURCE_UNREGISTER, wire.RESOURCE_SYNC):
        refused_with(client.try_to(type, use), 'resource', wire.ENOENT, wire.EPERM)
    load = wire.call_body(session, op=14, read=[wire.Arg(wire.INT64, 0, 8)], resource=resource)
    refused_with(client.try_to(wire.CALL, load), 'resource')


def refuse_held(client, session, held):
    answer = client.try_to(wire.OUTPUT_FETCH, wire.fetch.pack(session=session, held=held, room=99))
    refused_with(answer, '', wire.ENOENT, wire.EINVAL)
    assert not answer.payload
    refused_with(client.try_to(wire.OUTPUT_DROP, wire.drop.pack(session=session, held=held)), '',
                 wire.ENOENT, wire.EINVAL)


def hold(client, session):
    """A picture that is held. Returns its number."""
    read, write = conversation.classified()
    answer = client.call(session, read, write, op=conversation.VISION_CLASSIFY)
    assert answer.status == 0, answer
    return int.from_bytes(answer.payload[-8:], 'little')


def test_what_another_connection_has(agent):
    """Its ids are small numbers, easily guessed, and lead nowhere."""
    with agent.client() as owner, agent.client() as thief:
        sessions = [owner.begin() for _ in range(5)]
        resource = [owner.new_resource({b'a': b'secret'}) for _ in range(5)][-1]
        held = [hold(owner, sessions[-1]) for _ in range(3)][-1]
        refuse_session(thief, sessions[-1], resource)
        own = thief.begin()
        refuse_resource(thief, own, resource)
        refuse_held(thief, own, held)
        fetched = owner.ask(wire.OUTPUT_FETCH, wire.fetch.pack(session=sessions[-1], held=held,
                                                               room=99))
        assert fetched.payload == conversation.PICTURE[::-1]


def test_what_another_session_has(agent):
    with agent.client() as client:
        first, second = client.begin(), client.begin()
        held = hold(client, first)
        refuse_held(client, second, held)
        small = wire.fetch.pack(session=first, held=held, room=3)
        answer = client.try_to(wire.OUTPUT_FETCH, small)
        assert answer.status == wire.ERANGE and not answer.payload
        assert answer.told['size'] == len(conversation.PICTURE)


def test_a_session_that_ends_while_it_is_used(agent):
    """The end waits for the call."""
    with agent.client() as client, agent.client() as other:
        session = client.begin()
        call, = waiting(client, session)
        end = client.start(wire.SESSION_END, wire.id_of.pack(id=session))
        let_go(other, other.begin())
        assert client.answer(call).status == 0
        assert client.answer(end).status == 0


def test_a_client_that_goes_while_its_calls_run(agent):
    client = agent.client()
    waiting(client, client.begin(), 5)
    client.close()
    with agent.client() as other:
        let_go(other, other.begin(), 5)


def test_operations_that_do_not_exist(agent):
    with agent.client() as client:
        session = client.begin()
        for op in (29, 255, 256, 0x7fffffff):
            refused_with(client.call(session, op=op), 'operation')
        for name in (b'x', b'mirror', b'mirror.', b'x' * 63, b'\xff\xfe', b'%s%n', b'\n', b'NOOP'):
            refused_with(client.call(session, name=name), '')


def test_arguments_that_an_operation_does_not_take(agent):
    several = [wire.arg(wire.BUFFER, b'x')] * 500
    with agent.client() as client:
        session = client.begin()
        for op in range(29):
            for read, write in ((several, []), ([], several), (several, several),
                                ([wire.Arg(wire.INT64, 0, 8)] * 3, several)):
                answer = client.call(session, read, write, op=op)
                assert answer.status or op == 23, op


def test_as_many_arguments_as_may_be(agent):
    """Refused or not, the answer names all of them, and there is room for a sentence."""
    most = [wire.Arg(wire.BUFFER, wire.RETURNED, 1)] * 4000
    with agent.client() as client:
        session = client.begin()
        answer = client.call(session, write=most, name=b'mirror.nothing')
        assert answer.status == 0 and answer.payload == bytes(4000)
        answer = refused_with(client.call(session, write=most, op=17), 'argument', wire.EINVAL)
        assert answer.told['nr_returned'] in (0, 4000)
        assert client.call(session).status == 0


def test_memory_has_nothing_of_others(agent):
    """What is returned and was not written by anybody is zeros, whatever was there before."""
    sizes = [1, 63, 64, 65, 4096, (1 << 18) - 64, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, 3000000]
    with agent.client() as first, agent.client() as second:
        clients = [(first, first.begin()), (second, second.begin())]
        for size in sizes:
            for client, session in clients:
                read, write = conversation.mirrored(b'\xee' * size)
                assert client.call(session, read, write, name=b'mirror.copy').status == 0
            for client, session in clients:
                for few in (size, max(size // 2, 1)):
                    room = [wire.Arg(wire.BUFFER, wire.RETURNED, few)] * 2
                    answer = client.call(session, write=room, name=b'mirror.nothing')
                    assert answer.payload == bytes(2 * few), size


def test_an_output_that_is_fetched_twice_at_once(agent):
    with agent.client() as client:
        session = client.begin()
        for _ in range(50):
            held = hold(client, session)
            body = wire.fetch.pack(session=session, held=held, room=99)
            requests = [client.start(wire.OUTPUT_FETCH, body) for _ in range(4)]
            answers = [client.answer(request) for request in requests]
            got = [answer.payload for answer in answers if answer.status == 0]
            assert got == [conversation.PICTURE[::-1]], answers


def test_hints_that_no_client_gives(agent):
    """A session begins or is refused; what it can do is up to the plugins."""
    with agent.client() as client:
        for hint in (0x4000, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0xffffffff):
            answer = client.try_to(wire.SESSION_BEGIN, wire.session_begin.pack(hint=hint))
            if answer.status == 0:
                session = answer.told['id']
                client.call(session)
                client.try_to(wire.SESSION_UPDATE, wire.session_update.pack(
                    session=session, hint=hint ^ 0xffff))
                client.call(session)
                client.end(session)


if __name__ == '__main__':
    cases.main(__name__)
