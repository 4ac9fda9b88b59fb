# SPDX-License-Identifier: Apache-2.0
"""An agent that says nothing, rubbish, little at a time, or more than anybody wants to hear."""
import random
import socket
import tempfile
import time

import client
import fake
import programs
import wire
from fake import answered
from programs import failed_with

ROUNDS_OF_RUBBISH = 60
SEED = 20260


def slowly(data, pause):
    for byte in data:
        time.sleep(pause)
        yield bytes([byte])


def test_silence_instead_of_any_answer(told):
    for type in (wire.SESSION_BEGIN, wire.CALL):
        told.fails('noop', 'no sign of life', {type: lambda request: b'',
                                               wire.PING: lambda request: b''}, told.impatient)
    for type in (wire.RESOURCE_NEW, wire.RESOURCE_CHUNK, wire.RESOURCE_REGISTER,
                 wire.OUTPUT_FETCH):
        told.fails('torch_inference', 'no sign of life', {type: lambda request: b'',
                                                          wire.PING: lambda request: b''},
                   told.impatient)


def test_silence_instead_of_a_welcome(told):
    told.fails('noop', '', {wire.HELLO: lambda request: b'', wire.PING: lambda request: b''},
               {'VACCEL_RPC_CONNECT_TIMEOUT': str(400 * told.slowness)})


def test_silence_in_the_middle_of_a_message(told):
    for size in (1, 31, 33, 39):
        told.fails('noop', 'silent in the middle', {
            wire.CALL: lambda request, size=size: fake.answer_call(request)[:size]}, told.impatient)


def test_an_agent_that_lives_and_does_not_answer(told):
    """Pings are answered, the call is not: it waits as long as it may."""
    ended = told.against_slow('noop', {wire.CALL: lambda request: b''},
                              {'VACCEL_RPC_TIMEOUT': str(900 * told.slowness)})
    failed_with(ended, 'no answer came')


def answered_when_given_up(told, name, calls):
    """To the call there is an answer as soon as it is cancelled. Returns whether the session was ended then."""
    after_return = programs.LENIENT['ASAN_OPTIONS'] + ':detect_stack_use_after_return=1'
    late = []

    def not_yet(request):
        late[:] = [fake.answer_call(request)]
        return b''

    ended, agent = told.against(name, {
        wire.HELLO: lambda request: answered(request, fake.welcome(calls_max=calls)),
        wire.CALL: not_yet,
        wire.CANCEL: lambda request: late.pop() if late else b'',
        wire.SESSION_END: lambda request: fake.Later(0.25 * told.slowness, answered(request))},
        {'VACCEL_RPC_TIMEOUT': str(300 * told.slowness), 'ASAN_OPTIONS': after_return})
    failed_with(ended, 'no answer came')
    return wire.SESSION_END in agent.seen


def test_an_answer_that_nobody_waits_for_any_more(told):
    """It is for memory that is gone, and frees the one request that the agent takes at once, if it is in time."""
    for name in ('noop', 'sgemm'):
        for calls in (1, 8):
            client.wait_until(lambda: answered_when_given_up(told, name, calls),
                              programs.LONGEST * told.slowness, 'the session is never ended')


def test_slow_answers_are_answers(told):
    """Longer than the keepalive time, as pings are answered."""
    def late(request):
        return fake.Later(2 * programs.KEEPALIVE * told.slowness / 1000, fake.answer_call(request))

    def every_byte(request):
        return slowly(fake.answer_call(request), 0.005)

    for answer in (late, every_byte):
        ended = told.against_slow('sgemm', {wire.CALL: answer})
        assert ended.code == 0, ended


def test_messages_that_never_end(told):
    """A byte now and then is a sign of life; all the same there is an end to waiting."""
    def drip(request, body):
        return slowly(answered(request, body), 0.05 * told.slowness)

    ms = str(400 * told.slowness)
    for type, body, setting in ((wire.HELLO, fake.welcome(), 'VACCEL_RPC_CONNECT_TIMEOUT'),
                                (wire.CALL, bytes(8192), 'VACCEL_RPC_TIMEOUT')):
        ended = told.against_slow('noop', {type: lambda request, body=body: drip(request, body)},
                                  {setting: ms})
        failed_with(ended, 'to its end in time|no answer came')


def test_nobody_accepts(told):
    """The queue of those who wait for it is full."""
    with tempfile.TemporaryDirectory(prefix='vaccel-hostile-') as folder:
        with fake.FakeAgent(folder, accepts=False) as agent:
            with socket.socket(socket.AF_UNIX) as first:
                first.connect(f'{folder}/fake')
                ended = told.run('noop', agent.address,
                                 VACCEL_RPC_CONNECT_TIMEOUT=str(300 * told.slowness))
    programs.check(ended, codes=(1,))
    assert 'no agent can be reached' in ended.err, ended.err


def test_nobody_is_there(told):
    for address in ('unix:///nowhere/at-all', 'tcp://127.0.0.1:1', 'tcp://[::1]:1'):
        ended = told.run('noop', address, VACCEL_RPC_CONNECT_TIMEOUT='100')
        programs.check(ended, codes=(1,))
        assert address in ended.err, ended.err


def rubbish(round):
    return random.Random(SEED + round).randbytes(3000)


def test_rubbish_as_a_greeting(told):
    def once(round):
        told.fails('noop', '', greeting=rubbish(round))

    programs.at_once(once, range(ROUNDS_OF_RUBBISH))


def test_rubbish_behind_a_header(told):
    """A header that is right, and a body that is not."""
    def once(round):
        data = rubbish(round)
        size = 8 * random.Random(round).randrange(1, 64)
        for type in (wire.HELLO, wire.SESSION_BEGIN, wire.CALL):
            told.fails('noop', '', {
                type: lambda request, size=size: answered(request, data[:size])})

    programs.at_once(once, range(ROUNDS_OF_RUBBISH // 3))


def test_one_bit_that_is_wrong(told):
    """Anything may come of it but a crash, or that the client waits for ever."""
    def once(round):
        chance = random.Random(round)

        def flip(data):
            at = chance.randrange(8 * len(data))
            wrong = bytearray(data)
            wrong[at // 8] ^= 1 << at % 8
            return bytes(wrong)

        type = chance.choice((wire.HELLO, wire.SESSION_BEGIN, wire.CALL))
        ended, _ = told.against('sgemm', {
            type: lambda request: flip(fake.HONEST[type](request))}, told.impatient)
        programs.check(ended)

    programs.at_once(once, range(2 * ROUNDS_OF_RUBBISH))


def test_an_answer_without_an_end(told):
    """More payload than was asked for, in correct parts: nobody keeps it."""
    def endless(request):
        body = (wire.called.pack(nr_returned=1)
                + wire.returned.pack(size=1 << 40, sent=1 << 40))
        yield answered(request, body, bytes(wire.PART_MAX), flags=wire.MORE)
        while True:
            yield wire.message(wire.PART, request.header['id'], b'', bytes(wire.PART_MAX),
                               flags=wire.MORE)

    told.fails('sgemm', 'does not fit its request', {wire.CALL: endless})


def test_pings_and_parts_without_an_end(told):
    """Messages that are for nobody do not keep a client waiting."""
    def flood(request):
        while True:
            yield wire.message(wire.PART, 12345, b'', b'x')

    told.fails('noop', 'does not keep to the protocol', {wire.CALL: flood})


if __name__ == '__main__':
    programs.main(__name__)
