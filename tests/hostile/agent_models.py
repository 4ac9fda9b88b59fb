# SPDX-License-Identifier: Apache-2.0
"""Calls of models whose arguments lie: counts, names, dimensions, sizes, strings."""
import itertools
import struct

import cases
import wire
from agent import refused_with

LOAD, UNLOAD, INFO, RUN = 29, 30, 31, 32
FLOAT32, UINT8, STRING = 1, 11, 18
DIMS_MAX = 16
HUGE = (1 << 63) - 1
MODEL_ID = wire.Arg(wire.INT64, 0, 8)
# Dimensions that 24 bytes of floats cannot have, and what else is told of them.
LIES = [([2, 4], {}), ([2, -3], {}), ([-2, -3], {}), ([-1 << 63], {}), ([HUGE], {}), ([HUGE, HUGE], {}),
        ([1 << 62, 4], {}), ([1 << 61, 8], {}), ([1 << 32, 1 << 32], {}), ([2, 3], {'nr_dims': 17}),
        ([2, 3], {'nr_dims': 0xffffffff}), ([2, 3], {'nr_dims': 1}), ([2, 3], {'nr_dims': 0}),
        ([2, 3], {'nr_dims': 3}), ([0], {}), ([6, 0, HUGE], {}), ([HUGE] * DIMS_MAX, {})]
# And such as not even no bytes can.
NOT_COUNTED = ([HUGE, 2, 0], [1 << 62, 4, 0], [2, HUGE, 0, 2], [*[HUGE] * (DIMS_MAX - 1), 0])


def text(name=b''):
    return wire.arg(wire.STRING, name + b'\0')


def description(type, dims, size, nr_dims=None, held=0):
    """As it travels; the dimensions behind the last are 0."""
    return struct.pack('<QQII16q', held, size, type, len(dims) if nr_dims is None else nr_dims,
                       *dims, *[0] * (DIMS_MAX - len(dims)))


def described(data, custom=wire.TENSOR_DESC):
    return wire.arg(wire.CUSTOM, data, custom=custom)


def tensor(type, dims, data, name=b'', **lies):
    """The three arguments of an input."""
    return [text(name), described(description(type, dims, len(data), **lies)),
            wire.arg(wire.BUFFER, data)]


def wanted(room=0, size=152):
    """The two arguments of an output."""
    return [wire.Arg(wire.CUSTOM, wire.RETURNED, size, custom_type_id=wire.TENSOR_DESC),
            wire.Arg(wire.BUFFER, wire.RETURNED, room)]


GOOD = tensor(UINT8, [2, 3], b'abcdef')


def begin(client, load=True):
    """A session and a model in it."""
    session = client.begin()
    model = client.new_resource({b'weights': b'of the model'}, type=wire.MODEL)
    client.register(model, session)
    if load:
        assert client.call(session, [MODEL_ID, text()], op=LOAD, resource=model).status == 0
    return session, model


def run(client, session, model, inputs, names=(b'',), outputs=None, signature=None):
    read = [MODEL_ID, signature or text(), *inputs, *(text(name) for name in names)]
    write = outputs if outputs is not None else [one for _ in names for one in wanted(100)]
    return client.call(session, read, write, op=RUN, resource=model)


def still_runs(client, session, model):
    answer = run(client, session, model, GOOD)
    assert answer.status == 0, answer
    assert answer.payload.endswith(b'fedcba'), answer


def test_what_is_right(agent):
    with agent.client() as client:
        session, model = begin(client, load=False)
        refused_with(run(client, session, model, GOOD), 'load it first', wire.ENOENT)
        for engine, status in ((b'nobody', wire.ENOENT), (b'mirror', 0), (b'', 0)):
            answer = client.call(session, [MODEL_ID, text(engine)], op=LOAD, resource=model)
            assert answer.status == status, answer
        still_runs(client, session, model)
        info = client.call(session, [MODEL_ID, text()],
                           [wire.Arg(wire.BUFFER, wire.RETURNED, 1000),
                            wire.Arg(wire.INT64, wire.RETURNED, 8)], op=INFO, resource=model)
        assert info.status == 0 and info.payload.startswith(b'unknown\0'), info
        assert client.call(session, [MODEL_ID], op=UNLOAD, resource=model).status == 0
        refused_with(client.call(session, [MODEL_ID], op=UNLOAD, resource=model), '', wire.ENOENT)


def test_numbers_of_arguments(agent):
    """Of every kind too many or too few."""
    with agent.client() as client:
        session, model = begin(client)
        for nr_read, nr_write in itertools.product(range(9), range(6)):
            read = [MODEL_ID, *[text()] * nr_read][:nr_read]
            write = [one for _ in range(3) for one in wanted(4)][:nr_write]
            answer = client.call(session, read, write, op=RUN, resource=model if nr_read else 0)
            if (nr_read, nr_write) not in ((3, 2), (4, 4), (5, 6)):
                refused_with(answer, '', wire.EINVAL, wire.EPERM, wire.ENOENT)
        for op, most in ((LOAD, 2), (UNLOAD, 1), (INFO, 2)):
            for nr_read in range(5):
                read = [MODEL_ID, *[text()] * nr_read][:nr_read]
                if op == INFO or nr_read != most:
                    answer = client.call(session, read, op=op, resource=model if nr_read else 0)
                    refused_with(answer, '', wire.EINVAL, wire.EPERM, wire.ENOENT)
        still_runs(client, session, model)


def test_arguments_of_other_types(agent):
    """Each argument in the place of each other."""
    with agent.client() as client:
        session, model = begin(client)
        good = [MODEL_ID, text(), *GOOD, text()]
        for at, other in itertools.product(range(1, len(good)), range(1, len(good))):
            if good[at].type == good[other].type:
                continue
            read = good[:at] + [good[other]] + good[at + 1:]
            refused_with(client.call(session, read, wanted(10), op=RUN, resource=model), 'type',
                         wire.EINVAL)
        still_runs(client, session, model)


def test_texts_without_an_end(agent):
    with agent.client() as client:
        session, model = begin(client)
        for bad in (b'', b'x', b'x' * 5000):
            one = wire.arg(wire.STRING, bad)
            for at in range(3):
                read = [MODEL_ID, text(), *GOOD, text()]
                read[(1, 2, 5)[at]] = one
                refused_with(client.call(session, read, wanted(10), op=RUN, resource=model), '',
                             wire.EINVAL)
            refused_with(client.call(session, [MODEL_ID, one], op=LOAD, resource=model), '',
                         wire.EINVAL)
        still_runs(client, session, model)


def test_names_of_any_kind(agent):
    """They reach the plugin, which has no use for them."""
    with agent.client() as client:
        session, model = begin(client)
        for name in (b'x' * 60000, b'\xff\xfe', b'%s%n', b'\x1b[31m', b'a/../b'):
            answer = run(client, session, model, tensor(UINT8, [1], b'x', name=name), [name],
                         signature=text(name[:100]))
            assert answer.status == 0, answer


def test_descriptions_that_cannot_be(agent):
    floats = bytes(24)
    with agent.client() as client:
        session, model = begin(client)
        for dims, lie in LIES:
            refused_with(run(client, session, model, tensor(FLOAT32, dims, floats, **lie)),
                         'cannot be', wire.EINVAL)
        for dims in NOT_COUNTED:
            refused_with(run(client, session, model, tensor(FLOAT32, dims, b'')), 'cannot be', wire.EINVAL)
        for type in (0, 2, 19, 0x7fffffff, 0x80000000, 0xffffffff):
            refused_with(run(client, session, model, tensor(type, [2, 3], floats)), 'cannot be',
                         wire.EINVAL)
        still_runs(client, session, model)


def test_what_a_description_says_of_itself_is_not_asked(agent):
    """Size and held are of outputs; of an input they do not count."""
    with agent.client() as client:
        session, model = begin(client)
        for held, size in ((1, 6), (HUGE, 0), (0, 1 << 62), ((1 << 64) - 1, (1 << 64) - 1)):
            told = described(description(UINT8, [2, 3], size, held=held))
            answer = run(client, session, model, [text(), told, wire.arg(wire.BUFFER, b'abcdef')])
            assert answer.status == 0 and answer.payload.endswith(b'fedcba'), answer


def test_descriptions_of_other_sizes(agent):
    with agent.client() as client:
        session, model = begin(client)
        good = description(UINT8, [2, 3], 6)
        data = wire.arg(wire.BUFFER, b'abcdef')
        for bad in (described(b''), described(good[:-1]), described(good + b'x'),
                    described(good[:8]), described(good, custom=0),
                    described(good, custom=wire.TENSOR_DESC + 1), described(good * 100)):
            refused_with(run(client, session, model, [text(), bad, data]), '', wire.EINVAL)
        for size in (0, 8, 151):
            refused_with(run(client, session, model, GOOD, outputs=wanted(10, size)), '',
                         wire.EINVAL)
        still_runs(client, session, model)


def strings(*lengths, data=b''):
    return struct.pack(f'<{len(lengths)}Q', *lengths) + data


def test_strings_whose_lengths_lie(agent):
    most = (1 << 64) - 1
    with agent.client() as client:
        session, model = begin(client)
        good = strings(2, 0, 1, data=b'abc')
        answer = run(client, session, model, tensor(STRING, [3], good))
        assert answer.status == 0 and answer.payload.endswith(good), answer
        for bad in (strings(2, 0, 2, data=b'abc'), strings(2, 0, 0, data=b'abc'), good[:-1], b'',
                    good + b'd', strings(most, 4, 0, data=b'abc'), strings(4, most, 0, data=b'abc'),
                    strings(1 << 63, 1 << 63, 3, data=b'abc'), strings(most, most, most),
                    strings(2, 1, data=b'abc'), good[:23]):
            refused_with(run(client, session, model, tensor(STRING, [3], bad)), 'cannot be',
                         wire.EINVAL)
        for dims in ([HUGE], [1 << 61], [1 << 60, 8], [-3], [4], [2], [0], [3, 2]):
            refused_with(run(client, session, model, tensor(STRING, dims, good)), 'cannot be',
                         wire.EINVAL)


def test_models_that_are_anothers(agent):
    with agent.client() as client, agent.client() as other:
        session, model = begin(client)
        theirs, _ = begin(other)
        second = client.begin()
        data = client.new_resource({b'x': b'x'})
        client.register(data, session)
        for one, resource in ((second, model), (session, model + 100), (session, 1 << 62),
                              (session, data), (theirs + 100, model)):
            refused_with(run(client, one, resource, GOOD), '', wire.EPERM, wire.ENOENT, wire.EINVAL,
                         wire.ESESS)
        still_runs(client, session, model)


def test_more_outputs_than_there_can_be(agent):
    with agent.client() as client:
        session, model = begin(client)
        refused_with(run(client, session, model, GOOD, [b''] * 2), '2 outputs of 1 inputs',
                     wire.EINVAL)
        refused_with(run(client, session, model, [], [b'']), '1 outputs of 0 inputs', wire.EINVAL)
        refused_with(run(client, session, model, GOOD, [b''] * 500), '', wire.EINVAL)
        still_runs(client, session, model)


def test_outputs_that_nobody_fetches(agent):
    """They go with the session; what failed has held none."""
    with agent.client() as client:
        session, model = begin(client)
        for room in (0, 5):
            for _ in range(200):
                answer = run(client, session, model, GOOD, outputs=wanted(room))
                assert answer.status == (wire.ERANGE if room else 0), answer
        still_runs(client, session, model)


def test_clients_that_leave_their_models(agent):
    """The engine unloads them; nothing is left in the agent at the end."""
    for _ in range(20):
        client = agent.client()
        begin(client)
        client.close()


if __name__ == '__main__':
    cases.main(__name__)
