# SPDX-License-Identifier: Apache-2.0
"""Every limit, exactly reached and passed by one. Who passes it is told its name."""
import resource
import time

import cases
import conversation
import wire
from agent import closed_with, refused_with
from client import Closed

KNOCKS, LINES_A_SECOND = 300, 10
CONNECTIONS, SESSIONS, RESOURCES, CALLS = 6, 3, 4, 5
MEGABYTE = 1 << 20
PATIENCE = 10  # seconds
CONFIGURATION = f'''
[limits]
connections = {CONNECTIONS}
sessions = {SESSIONS}
resources = {RESOURCES}
resource_bytes = {MEGABYTE}
held_bytes = 4096
calls = {CALLS}
message_bytes = {MEGABYTE}
connection_bytes = {MEGABYTE + 4096}
'''


def test_what_the_welcome_tells(agent):
    with agent.client() as client:
        assert client.welcome['calls_max'] == CALLS
        assert client.welcome['message_max'] == MEGABYTE


def fill(agent):
    """As many clients as there may be, once those of before are gone."""
    clients = []
    until = time.monotonic() + PATIENCE
    while len(clients) < CONNECTIONS:
        try:
            clients.append(agent.client())
        except Closed:
            assert time.monotonic() < until, 'clients that are gone still count'
            time.sleep(0.01)
    return clients


def test_connections(agent):
    clients = fill(agent)
    for address in (agent.address, agent.tcp_address):
        with agent.connection(address) as one_more:
            closed_with(one_more, 'connections')
    assert clients[0].call(clients[0].begin()).status == 0
    for one in clients:
        one.close()
    agent.is_usable_soon()


def test_connections_without_descriptors(agent):
    """Who knocks again and again does not fill the log."""
    sentence = 'no descriptor for one more connection'
    before = resource.prlimit(agent.worker, resource.RLIMIT_NOFILE)
    resource.prlimit(agent.worker, resource.RLIMIT_NOFILE, (3, before[1]))
    begun = time.monotonic()
    try:
        for _ in range(KNOCKS):
            with agent.connection() as connection:
                connection.until_closed()
    finally:
        resource.prlimit(agent.worker, resource.RLIMIT_NOFILE, before)
    seconds = int(time.monotonic() - begun) + 2
    assert 1 <= agent.log().count(sentence) <= seconds * LINES_A_SECOND, agent.log()


def test_sessions(agent):
    with agent.client() as client, agent.client() as other:
        sessions = [client.begin() for _ in range(SESSIONS)]
        for _ in range(3):
            refused_with(client.try_to(wire.SESSION_BEGIN, wire.session_begin.pack()), 'sessions')
        other.begin()
        client.end(sessions[1])
        sessions[1] = client.begin()
        refused_with(client.try_to(wire.SESSION_BEGIN, wire.session_begin.pack()), 'sessions')


def new(client, size, count=1, kind=wire.MEMORY):
    return client.try_to(wire.RESOURCE_NEW, wire.resource_new.pack(
        type=wire.DATA, kind=kind, nr_blobs=count, size=size))


def test_resources(agent):
    with agent.client() as client:
        made = [new(client, 8).told['id'] for _ in range(RESOURCES)]
        for _ in range(3):
            refused_with(new(client, 8), 'resources')
        client.ask(wire.RESOURCE_END, wire.id_of.pack(id=made[0]))
        assert new(client, 8).status == 0


def test_bytes_of_resources(agent):
    """Promised ones count: nobody waits with the refusal until they came."""
    with agent.client() as client:
        for size in (MEGABYTE + 1, 1 << 40, 1 << 63, (1 << 64) - 1):
            refused_with(new(client, size), 'resource_bytes')
        first = new(client, MEGABYTE // 2).told['id']
        refused_with(new(client, MEGABYTE // 2 + 1), 'resource_bytes')
        client.ask(wire.RESOURCE_END, wire.id_of.pack(id=first))
        assert new(client, MEGABYTE // 2 + 1).status == 0


def test_directories_are_something_too(agent):
    """Names of empty files ask for many of them."""
    def name(i):
        return b'/'.join([b'%d' % i] * 32)

    with agent.client() as client:
        tree = new(client, 0, 130, wire.DIRECTORY).told['id']
        answers = [client.try_to(wire.RESOURCE_CHUNK, wire.chunk_body(tree, i, b'', name(i)))
                   for i in range(5)]
        assert [answer.status for answer in answers[:4]] == [0] * 4, answers
        refused_with(answers[4], 'resource_bytes')
        for i in range(4, 130):
            body = wire.chunk_body(tree, i, b'', b'0/0/%d' % i)
            assert client.try_to(wire.RESOURCE_CHUNK, body).status == 0
        client.ask(wire.RESOURCE_END, wire.id_of.pack(id=tree))
        assert new(client, MEGABYTE - 4096).status == 0


def test_numbers_of_blobs(agent):
    """Empty files are something, too."""
    with agent.client() as client:
        for count in (1 << 16, 1 << 32, 1 << 61, (1 << 64) - 1):
            refused_with(new(client, 0, count, wire.FILES), '')
        assert new(client, 0, 3, wire.FILES).status == 0


def test_held_bytes(agent):
    """One is always held; no more if they are too large together."""
    read, write = conversation.classified()
    read[0] = wire.arg(wire.BUFFER, bytes(3000))
    with agent.client() as client:
        session, another = client.begin(), client.begin()
        assert client.call(session, read, write, op=conversation.VISION_CLASSIFY).status == 0
        refused_with(client.call(session, read, write, op=conversation.VISION_CLASSIFY),
                     'held_bytes', wire.ENOMEM)
        assert client.call(another, read, write, op=conversation.VISION_CLASSIFY).status == 0
        client.ask(wire.OUTPUT_DROP, wire.drop.pack(session=session, held=1))
        assert client.call(session, read, write, op=conversation.VISION_CLASSIFY).status == 0


def nothing(client, session, *sizes, name=b'mirror.nothing'):
    """A call with such outputs: the agent needs memory for them."""
    return client.start_call(session, name=name,
                             write=[wire.Arg(wire.BUFFER, 0, size) for size in sizes])


def test_bytes_of_a_call(agent):
    with agent.client() as client:
        session = client.begin()
        for sizes in ((MEGABYTE,), (MEGABYTE // 2, MEGABYTE // 2), (0,) * 100):
            assert client.answer(nothing(client, session, *sizes)).status == 0
        for sizes in ((MEGABYTE + 1,), (MEGABYTE, 1), (1 << 62,), (1 << 62, 1 << 61)):
            refused_with(client.answer(nothing(client, session, *sizes)), 'message_bytes')


def test_bytes_of_calls_that_are_sent_and_refused(agent):
    """Their payload is read all the same, and what follows is understood."""
    with agent.client() as client:
        session = client.begin()
        for part in (wire.PART_MAX, 10000):
            big = [wire.arg(wire.BUFFER, bytes(MEGABYTE + 1))]
            refused_with(client.call(session, big, part=part, name=b'mirror.nothing'),
                         'message_bytes')
            assert client.call(session).status == 0


def test_bytes_of_calls_at_once(agent):
    with agent.client() as client, agent.client() as other:
        session, others = client.begin(), other.begin()
        waiting = nothing(client, session, MEGABYTE, name=b'mirror.wait')
        refused_with(client.answer(nothing(client, session, MEGABYTE)), 'connection_bytes')
        assert client.answer(nothing(client, session, 4000)).status == 0
        assert other.answer(nothing(other, others, MEGABYTE)).status == 0
        one = [wire.arg(wire.INT32, (1).to_bytes(4, 'little'))]
        assert other.call(others, one, name=b'mirror.open').status == 0
        assert client.answer(waiting).status == 0


def test_copies_that_are_sent_count_too(agent):
    """Of a resource, of a held output: one alone always fits, however many a client asks for."""
    read, write = conversation.classified()
    read[0] = wire.arg(wire.BUFFER, bytes(8000))
    with agent.client() as client, agent.client() as other:
        session, others = client.begin(), other.begin()
        resource = client.new_resource({b'memory': bytes(8000)}, wire.MEMORY)
        client.register(resource, session)
        assert client.call(session, read, write, op=conversation.VISION_CLASSIFY).status == 0
        copies = [(wire.RESOURCE_SYNC, wire.use.pack(resource=resource, session=session)),
                  (wire.OUTPUT_FETCH, wire.fetch.pack(session=session, held=1, room=1 << 20))]
        waiting = nothing(client, session, MEGABYTE, name=b'mirror.wait')
        for type, body in copies:
            refused_with(client.try_to(type, body), 'connection_bytes')
        one = [wire.arg(wire.INT32, (1).to_bytes(4, 'little'))]
        assert other.call(others, one, name=b'mirror.open').status == 0
        assert client.answer(waiting).status == 0
        for type, body in copies:
            assert len(client.ask(type, body).payload) >= 8000


def test_calls(agent):
    with agent.client() as client, agent.client() as other:
        session, others = client.begin(), other.begin()
        waiting = [client.start_call(session, name=b'mirror.wait') for _ in range(CALLS)]
        refused_with(client.call(session), 'calls')
        all = [wire.arg(wire.INT32, CALLS.to_bytes(4, 'little'))]
        assert other.call(others, all, name=b'mirror.open').status == 0
        for call in waiting:
            assert client.answer(call).status == 0


if __name__ == '__main__':
    cases.main(__name__, CONFIGURATION)
