# SPDX-License-Identifier: Apache-2.0
"""Calls of models whose arguments lie, for the plugin of a framework: it is among the agent's plugins."""
import pathlib
import random
import struct

import agent_models
import cases
import wire
from agent import refused_with
from agent_models import (DIMS_MAX, FLOAT32, HUGE, LOAD, MODEL_ID, STRING, described, description, run,
                          tensor, text)

SEED = 3
DIGITS = pathlib.Path(__file__).resolve().parents[2] / 'models/digits'
FILES = {'opencv': ['digits.onnx'], 'openvino': ['digits.xml', 'digits.bin'], 'tf': ['digits.pb'],
         'tflite': ['digits.tflite'], 'torch': ['digits.pt']}
SCAN, SCORES = 64 * 4, 10 * 4
CLOSE = 1e-5


def recorded(name, size):
    return (DIGITS / 'held-out' / name).read_bytes()[:size]


GOOD = tensor(FLOAT32, [1, 1, 8, 8], recorded('scans.f32', SCAN))


def begin(agent, client):
    """A session, and the digits for the engine that is there."""
    engine, = [name for name in FILES if f'libvaccel-{name}.so' in agent.plugins]
    session = client.begin()
    files = {name.encode(): (DIGITS / name).read_bytes() for name in FILES[engine]}
    model = client.new_resource(files, type=wire.MODEL)
    client.register(model, session)
    answer = client.call(session, [MODEL_ID, text(engine.encode())], op=LOAD, resource=model)
    assert answer.status == 0, answer
    return session, model


def still_runs(client, session, model):
    answer = run(client, session, model, GOOD)
    assert answer.status == 0, answer
    scores, expected = [struct.unpack('<10f', data) for data in
                        (answer.payload[-SCORES:], recorded('scores.f32', SCORES))]
    assert max(abs(a - b) for a, b in zip(scores, expected)) < CLOSE, (scores, expected)


def refused(agent, inputs, words='', **more):
    """Each of the lists of arguments, as the only input; after them the model does what it did."""
    with agent.client() as client:
        session, model = begin(agent, client)
        for one in inputs:
            refused_with(run(client, session, model, one, **more), words, wire.EINVAL)
        still_runs(client, session, model)


def test_what_is_right(agent):
    with agent.client() as client:
        still_runs(client, *begin(agent, client))


def test_shapes_that_cannot_be(agent):
    """Sizes that overflow or are below 0, too many of them, data for another shape."""
    data = GOOD[2].data
    refused(agent, [tensor(FLOAT32, dims, bytes(24), **lie) for dims, lie in agent_models.LIES]
            + [tensor(FLOAT32, dims, b'') for dims in agent_models.NOT_COUNTED]
            + [tensor(FLOAT32, [1, 1, 8, size], data) for size in (-8, 0, 7, 9, 1 << 61, HUGE)]
            + [tensor(FLOAT32, [1, 1, 8, 8], data[:size]) for size in (0, 1, SCAN - 4, SCAN - 1)]
            + [tensor(FLOAT32, [1, 1, 8, 8], data + data[:size]) for size in (1, SCAN)], 'cannot be')


def test_types_that_cannot_be(agent):
    refused(agent, [tensor(type, [1, 1, 8, 8], GOOD[2].data) for type in
                    (0, 2, 19, STRING, 0x7fffffff, 0x80000000, 0xffffffff)], 'cannot be')


def test_shapes_that_are_not_the_models(agent):
    """As large as they say."""
    one = [1] * (DIMS_MAX - 2)
    refused(agent, [tensor(FLOAT32, dims, GOOD[2].data) for dims in
                    ([64], [8, 8], [1, 1, 64, 1], [1, 64, 1, 1], [1, 1, 8, 8, 1], [*one, 8, 8], [8, 8, *one])]
            + [tensor(FLOAT32, dims, bytes(4)) for dims in ([], [1], [1] * DIMS_MAX)]
            + [tensor(FLOAT32, dims, b'') for dims in
               ([0], [HUGE, 0], [0, HUGE], [0, HUGE, HUGE, HUGE], [1, 0, 8, 8], [1, 1, 0, HUGE],
                [0] * DIMS_MAX)])


def test_types_that_are_not_the_models(agent):
    text_of_one = struct.pack('<Q', 3) + b'abc'
    refused(agent, [tensor(STRING, [1, 1, 1, 1], text_of_one), tensor(STRING, [0], b''),
                    tensor(STRING, [1, 1, 8, 8], bytes(64 * 8))])


def test_names_that_are_not_the_models(agent):
    """Of an input, an output and a signature; some have no end."""
    names = (b'x' * 60000, b'\xff\xfe', b'%s%n', b'a/../b', b':0', b'scan:1', b'scan:99999999999', b'^scan')
    refused(agent, [tensor(FLOAT32, [1, 1, 8, 8], GOOD[2].data, name) for name in names])
    for name in names:
        refused(agent, [GOOD], names=[name])
        refused(agent, [GOOD], signature=text(name))
    for bad in (b'', b'x', b'x' * 5000):
        endless = wire.arg(wire.STRING, bad)
        refused(agent, [[endless, *GOOD[1:]]])
        refused(agent, [GOOD], signature=endless)


def test_inputs_that_are_too_many_or_too_few(agent):
    refused(agent, [[], GOOD * 2, GOOD * 100], '')


def test_descriptions_with_changed_bytes(agent):
    """What comes of it is an answer; most change nothing that counts, or cannot be."""
    numbers = random.Random(SEED)
    with agent.client() as client:
        session, model = begin(agent, client)
        for _ in range(300):
            told = bytearray(description(FLOAT32, [1, 1, 8, 8], SCAN))
            for _ in range(numbers.randrange(1, 4)):
                told[numbers.randrange(len(told))] ^= 1 << numbers.randrange(8)
            run(client, session, model, [GOOD[0], described(bytes(told)), GOOD[2]])
        still_runs(client, session, model)


if __name__ == '__main__':
    cases.main(__name__, leaves_nothing=False)
