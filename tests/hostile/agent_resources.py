# SPDX-License-Identifier: Apache-2.0
"""Resources: names that lead elsewhere, chunks that do not fit, and what an operator must allow."""
import os
import pathlib

import cases
import wire
from agent import refused_with
from real import descriptors_of

SECRET = b'for nobody but the agent'
EXEC, EXEC_WITH_RESOURCE, TORCH_MODEL_LOAD = 1, 2, 14

BAD_PARTS = [b'.', b'..', b'a\nb', b'a\x1fb', b'a\x7fb', b'\x01', b'x' * 256]
BAD_PATHS = [b'/', b'/etc/passwd', b'a/', b'/a', b'a//b', b'a/./b', b'./a', b'a/../../b', b'../a',
             b'a/..', b'a/.', b'/'.join([b'd'] * 33), b'//', b'a/' + b'x' * 256, b'a/\x02/b']
GOOD_PARTS = [b'a', b'...', b'..a', b'a..', b'.a', b' ', b'-', b'\xff\xfe', b'x' * 255, b'%s%n', b'~']
GOOD_PATHS = [b'a/b', b'a/d/c', b'a/c', b'.../..a', b'/'.join([b'd'] * 32), b'b', b'a/.b']


def new(client, count=1, size=0, kind=wire.FILES, type=wire.DATA):
    return client.ask(wire.RESOURCE_NEW, wire.resource_new.pack(
        type=type, kind=kind, nr_blobs=count, size=size)).told['id']


def chunk(client, resource, blob, data, name=b'', **lies):
    return client.try_to(wire.RESOURCE_CHUNK, wire.chunk_body(resource, blob, data, name, **lies),
                         data)


def register(client, resource, session):
    return client.try_to(wire.RESOURCE_REGISTER, wire.use.pack(resource=resource, session=session))


def listed(client, session, type=wire.DATA):
    """What plugin mirror sees of the session's first resource of that type."""
    read = [wire.arg(wire.INT32, type.to_bytes(4, 'little'))]
    answer = client.call(session, read, [wire.Arg(wire.BUFFER, wire.RETURNED, 60000)],
                         name=b'mirror.list')
    assert answer.status == 0, answer
    return answer.payload.split(b'\0')[0]


def outside(agent):
    """Everything in the agent's folder but what belongs to resources."""
    return sorted(name for name in os.listdir(agent.folder))


def test_names_that_are_none(agent):
    before = outside(agent)
    for kind, names in ((wire.FILES, BAD_PARTS + BAD_PATHS + [b'a/b']),
                        (wire.MEMORY, BAD_PARTS + BAD_PATHS + [b'a/b']),
                        (wire.DIRECTORY, BAD_PARTS + BAD_PATHS)):
        with agent.client() as client:
            resource = new(client, len(names), len(names), kind)
            for name in names:
                refused_with(chunk(client, resource, 0, b'x', name), 'name', wire.EINVAL)
            assert chunk(client, resource, 0, b'x', b'good').status == 0
    assert outside(agent) == before


def test_names_that_are_good(agent):
    for kind, names in ((wire.FILES, GOOD_PARTS), (wire.MEMORY, GOOD_PARTS),
                        (wire.DIRECTORY, GOOD_PATHS)):
        with agent.client() as client:
            session = client.begin()
            resource = client.new_resource({name: b'of ' + name for name in names}, kind)
            client.register(resource, session)
            seen = listed(client, session)
            for name in names:
                assert name.rsplit(b'/')[-1] in seen, (name, seen)


def test_names_of_folders_and_files(agent):
    """What is a file cannot be a folder, what is a folder no file, and nothing is written over."""
    for first, second in ((b'a', b'a'), (b'a', b'a/b'), (b'a/b', b'a'), (b'a/b', b'a/b')):
        with agent.client() as client:
            resource = new(client, 2, 2, wire.DIRECTORY)
            assert chunk(client, resource, 0, b'1', first).status == 0
            refused_with(chunk(client, resource, 1, b'2', second), '')


def test_two_files_of_one_name(agent):
    with agent.client() as client:
        session = client.begin()
        resource = new(client, 3, 3)
        for blob, name in enumerate((b'a', b'a', b'b')):
            assert chunk(client, resource, blob, b'x', name).status == 0
        client.register(resource, session)


def test_chunks_that_do_not_fit(agent):
    """Each is refused, and the right one is taken afterwards."""
    with agent.client() as client:
        session = client.begin()
        resource = new(client, 2, 12)
        for blob, data, name, lies in ((1, b'1234', b'b', {}), (0, b'1234', b'', {'offset': 4}),
                                       (1 << 63, b'1234', b'b', {}), (0, bytes(13), b'a', {})):
            refused_with(chunk(client, resource, blob, data, name, **{'blob_size': 8, **lies}
                               if len(data) < 8 else {}), '')
        whole = {'blob_size': 8}
        assert chunk(client, resource, 0, b'1234', b'a', **whole).status == 0
        wrong = [(0, b'1234', b'a', whole), (0, b'1', b'', {'offset': 3, **whole}),
                 (0, b'5', b'', {'offset': 5, **whole}), (1, b'5', b'b', {}),
                 (0, b'5678', b'', {'offset': 4, 'blob_size': 9}),
                 (0, b'5678', b'', {'offset': 4, 'blob_size': 1 << 63})]
        for blob, data, name, lies in wrong:
            refused_with(chunk(client, resource, blob, data, name, **lies), '', wire.EINVAL)
        refused_with(register(client, resource, session), 'complete')
        assert chunk(client, resource, 0, b'5678', b'', offset=4, **whole).status == 0
        refused_with(chunk(client, resource, 1, b'12345', b'b'), '', wire.EINVAL)
        refused_with(register(client, resource, session), 'complete')
        assert chunk(client, resource, 1, b'1234', b'b').status == 0
        refused_with(chunk(client, resource, 2, b'', b'c'), '', wire.EINVAL)
        client.register(resource, session)
        refused_with(chunk(client, resource, 2, b'', b'c'), '', wire.EINVAL)


def half_sent(client, kind):
    """A resource whose only blob is not all there."""
    resource = new(client, 1, 8, kind)
    assert chunk(client, resource, 0, b'1234', b'half', blob_size=8).status == 0
    return resource


def second_half(client, resource):
    return chunk(client, resource, 0, b'5678', b'', offset=4, blob_size=8)


def end(client, resource):
    client.ask(wire.RESOURCE_END, wire.id_of.pack(id=resource))


def halves(agent):
    return [path for path in pathlib.Path(agent.runtime).rglob('half') if not path.is_dir()]


def test_half_sent_files_are_not_kept_open(agent):
    """All clients share the descriptors that the worker may have."""
    with agent.client() as client:
        resources = [half_sent(client, kind) for kind in (wire.FILES, wire.DIRECTORY) * 20]
        assert not [what for what in descriptors_of(agent.worker) if 'half' in what]
        for resource in resources:
            assert second_half(client, resource).status == 0
        assert [path.read_bytes() for path in halves(agent)] == [b'12345678'] * len(resources)
        client.register(resources[0], client.begin())
        for resource in resources:
            end(client, resource)


def test_a_half_sent_file_that_is_another_now(agent):
    """As code that a client may run in the worker can have it."""
    secret = agent.folder / 'secret'
    secret.write_bytes(SECRET)
    for put_there in (lambda path: path.symlink_to(secret), os.mkfifo,
                      lambda path: path.write_bytes(b'1234'), lambda path: path.hardlink_to(secret),
                      lambda path: None):
        with agent.client() as client:
            resource = half_sent(client, wire.FILES)
            [path] = halves(agent)
            path.rename(path.with_name('moved'))
            put_there(path)
            refused_with(second_half(client, resource), 'half')
            path.unlink(missing_ok=True)
            path.with_name('moved').rename(path)
            assert second_half(client, resource).status == 0
            client.register(resource, client.begin())
            end(client, resource)
        assert secret.read_bytes() == SECRET


def test_less_than_was_promised(agent):
    """The blobs are all there, and smaller than the resource was to be."""
    for kind in (wire.FILES, wire.DIRECTORY, wire.MEMORY):
        with agent.client() as client:
            resource = new(client, 1, 100, kind)
            assert chunk(client, resource, 0, b'1234', b'a').status == 0
            refused_with(register(client, resource, client.begin()), 'complete')


def test_chunks_side_by_side(agent):
    """Nobody may do that. What comes of it is not said, but nothing breaks."""
    with agent.client() as client:
        resource = new(client, 8, 8)
        requests = [client.start(wire.RESOURCE_CHUNK,
                                 wire.chunk_body(resource, blob, b'x', b'f%d' % blob), b'x')
                    for blob in range(8) for _ in range(2)]
        requests.append(client.start(wire.RESOURCE_END, wire.id_of.pack(id=resource)))
        for request in requests:
            client.answer(request)


def test_resources_that_were_never_complete(agent):
    with agent.client() as client:
        session = client.begin()
        for kind in (wire.FILES, wire.DIRECTORY, wire.MEMORY):
            resource = new(client, 2, 20, kind)
            assert chunk(client, resource, 0, b'1234', b'a', blob_size=10).status == 0
            use = wire.use.pack(resource=resource, session=session)
            for type in (wire.RESOURCE_REGISTER, wire.RESOURCE_UNREGISTER, wire.RESOURCE_SYNC):
                refused_with(client.try_to(type, use), '')
            load = wire.call_body(session, op=TORCH_MODEL_LOAD, resource=resource,
                                  read=[wire.Arg(wire.INT64, 0, 8)])
            refused_with(client.try_to(wire.CALL, load), 'resource')


def test_registered_and_not(agent):
    with agent.client() as client:
        session, another = client.begin(), client.begin()
        resource = client.new_resource({b'a': b'1234'}, wire.MEMORY)
        client.register(resource, session)
        client.register(resource, session)
        for type in (wire.RESOURCE_UNREGISTER, wire.RESOURCE_SYNC):
            refused_with(client.try_to(type, wire.use.pack(resource=resource, session=another)), '')
        use = wire.use.pack(resource=resource, session=session)
        assert client.ask(wire.RESOURCE_SYNC, use).payload == b'1234'
        client.ask(wire.RESOURCE_UNREGISTER, use)
        refused_with(client.try_to(wire.RESOURCE_UNREGISTER, use), '')


def test_a_resource_that_ends_while_it_is_used(agent):
    """In sessions that go on, and in one that ends at the same time."""
    with agent.client() as client:
        for _ in range(20):
            session = client.begin()
            resource = client.new_resource({b'a': b'1234'})
            requests = [client.start(wire.RESOURCE_REGISTER, wire.use.pack(
                resource=resource, session=session)) for _ in range(4)]
            requests += [client.start(wire.RESOURCE_END, wire.id_of.pack(id=resource)),
                         client.start(wire.SESSION_END, wire.id_of.pack(id=session))]
            for request in requests:
                client.answer(request)


def test_a_resource_that_is_used_while_it_is_registered(agent):
    """By a client that does not wait: the call finds it or not."""
    place = [wire.Arg(wire.INT64, 0, 8)]
    with agent.client() as client:
        session = client.begin()
        for _ in range(50):
            resource = client.new_resource({b'a': b'1234'}, type=wire.MODEL)
            use = wire.use.pack(resource=resource, session=session)
            requests = [client.start(wire.RESOURCE_REGISTER, use)]
            requests += [client.start_call(session, place, op=TORCH_MODEL_LOAD, resource=resource)
                         for _ in range(4)]
            requests.append(client.start(wire.RESOURCE_UNREGISTER, use))
            requests.append(client.start(wire.RESOURCE_END, wire.id_of.pack(id=resource)))
            for request in requests:
                client.answer(request)


def test_types_and_operations_that_do_not_fit(agent):
    """A library is no model, and an operation without a resource takes none."""
    place = [wire.Arg(wire.INT64, 0, 8)]
    with agent.client() as client:
        session = client.begin()
        resource = client.new_resource({b'a': b'1234'}, type=wire.LIB)
        client.register(resource, session)
        for op, read, resource_id in ((TORCH_MODEL_LOAD, place, resource), (0, [], resource),
                                      (TORCH_MODEL_LOAD, [], resource),
                                      (TORCH_MODEL_LOAD, place, 0),
                                      (TORCH_MODEL_LOAD, [wire.Arg(wire.INT64, 0, 7)], resource),
                                      (TORCH_MODEL_LOAD, [wire.Arg(wire.INT32, 0, 8)], resource)):
            refused_with(client.call(session, read, op=op, resource=resource_id), '')
        refused_with(client.call(session, place, name=b'mirror.nothing', resource=resource), '')


def test_ids_within_arguments(agent):
    """The bytes in the resource's place are not looked at."""
    with agent.client() as owner, agent.client() as thief:
        owner.register(owner.new_resource({b'm': b'secret'}, type=wire.MODEL), owner.begin())
        session = thief.begin()
        for number in range(1, 6):
            guess = [wire.arg(wire.INT64, number.to_bytes(8, 'little'))]
            refused_with(thief.call(session, guess, op=TORCH_MODEL_LOAD), '')
            refused_with(thief.call(session, guess, op=TORCH_MODEL_LOAD, resource=1), '')
            refused_with(thief.call(session, guess, name=b'torch_model_load'), '')


def strings(*texts):
    return [wire.arg(wire.STRING, text + b'\0') for text in texts]


def test_exec_is_not_allowed(agent):
    """By its number or by its name."""
    with agent.client() as client:
        session = client.begin()
        library = client.new_resource({b'l.so': b'\x7fELF'}, type=wire.LIB)
        client.register(library, session)
        number = [wire.arg(wire.INT64, (1).to_bytes(8, 'little'))]
        read = strings(b'/nowhere.so', b'symbol')
        refused_with(client.call(session, read, op=EXEC), '--allow-exec', wire.EACCES)
        refused_with(client.call(session, [wire.Arg(wire.INT64, 0, 8)] + strings(b'symbol'),
                                 op=EXEC_WITH_RESOURCE, resource=library), '--allow-exec',
                     wire.EACCES)
        refused_with(client.call(session, read, name=b'exec'), '', wire.EACCES, wire.EINVAL,
                     wire.ENOTSUP)
        for first in (number, [wire.Arg(wire.INT64, 0, 8)]):
            refused_with(client.call(session, first + strings(b'symbol'),
                                     name=b'exec_with_resource'), '', wire.EACCES, wire.EINVAL,
                         wire.ENOTSUP)


def test_remote_resources_are_not_fetched(agent):
    """Nor is anything on this machine that looks like a URL."""
    secret = agent.folder / 'secret'
    secret.write_bytes(SECRET)
    path = bytes(secret)
    names = [b'http://example.org/model', b'https://127.0.0.1/model', b'ftp://[::1]/model', path,
             b'file://' + path, b'file://localhost' + path, b'FILE://' + path, b'../secret', b'x',
             b'http:' + path, b'http://' + path, b'httpx://' + path, b'ftp' + path, b'http',
             b'gopher://127.0.0.1/', b'http://listed.example@127.0.0.1/x',
             b'file://listed.example' + path, b'listed.example' + path]
    for name in names:
        with agent.client() as client:
            session = client.begin()
            resource = new(client, 1, 0, wire.REMOTE)
            answer = chunk(client, resource, 0, b'', name)
            if answer.status == 0:
                answer = register(client, resource, session)
            assert answer.status, name
            assert SECRET[:4] not in answer.payload


def test_remote_resources_have_no_contents(agent):
    with agent.client() as client:
        resource = new(client, 1, 4, wire.REMOTE)
        refused_with(chunk(client, resource, 0, b'1234', b'http://listed.example/x'), '')


def test_digests_are_ignored(agent):
    """Also those that are wrong."""
    with agent.client() as client:
        for digest in (bytes(32), b'\xff' * 32):
            client.register(client.new_resource({b'a': b'b'},
                                                fields=wire.field(wire.TAG_DIGEST, digest)),
                            client.begin())


def test_large_contents_in_chunks_and_parts(agent):
    data = bytes(range(256)) * 20000
    with agent.client() as client:
        session = client.begin()
        resource = new(client, 1, len(data), wire.MEMORY)
        for offset in range(0, len(data), 777777):
            piece = data[offset:offset + 777777]
            client.ask(wire.RESOURCE_CHUNK, wire.chunk_body(
                resource, 0, piece, b'a' if not offset else b'', offset, len(data)), piece,
                part=100000)
        client.register(resource, session)
        use = wire.use.pack(resource=resource, session=session)
        assert client.ask(wire.RESOURCE_SYNC, use).payload == data


if __name__ == '__main__':
    cases.main(__name__, 'hosts = ["listed.example"]\n')
