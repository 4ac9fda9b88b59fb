# SPDX-License-Identifier: Apache-2.0
"""An agent whose answers are well timed and wrong. A client must notice, say so, and end with 1."""
import fake
import programs
import wire
from fake import answered, called

HUGE = (1 << 64) - 1
NOT_THE_PROTOCOL = 'does not keep to the protocol'


def test_honest_agents_are_served_well(programs):
    for name in programs.commands:
        ended, agent = programs.against(name)
        assert ended.code == 0, f'{name}: {ended}'
        assert wire.CALL in agent.seen


def test_another_magic_number(programs):
    for magic in (0, HUGE & 0xffffffff, 0x56414c43):
        programs.fails('noop', 'no vAccel agent', {
            wire.HELLO: lambda request, magic=magic: answered(request, fake.welcome(magic=magic))})


def test_a_version_that_was_not_offered(programs):
    for version in (0, 2, 0xffff):
        programs.fails('noop', 'version', {
            wire.HELLO: lambda request, version=version: answered(
                request, fake.welcome(version=version))})


def test_zeros_that_are_not(programs):
    for name in ('zero', 'zero_too'):
        programs.fails('noop', NOT_THE_PROTOCOL, {
            wire.HELLO: lambda request, name=name: answered(request, fake.welcome(**{name: 1}))})


def test_no_calls_at_once(programs):
    programs.fails('noop', 'takes no calls', {
        wire.HELLO: lambda request: answered(request, fake.welcome(calls_max=0))})


def test_as_many_calls_at_once_as_there_are_numbers(programs):
    ended, _ = programs.against('noop', {
        wire.HELLO: lambda request: answered(request, fake.welcome(calls_max=0xffffffff))})
    assert ended.code == 0, ended


def test_arguments_larger_than_the_agent_takes(programs):
    programs.fails('sgemm', 'message_bytes', {
        wire.HELLO: lambda request: answered(request, fake.welcome(message_max=200))})


def with_header(data, **lies):
    """The first message of @data with other fields in its header."""
    told = {**wire.header.unpack(data), **lies}
    return wire.header.pack(**told) + data[wire.HEADER_SIZE:]


def one_lie(asked, **lies):
    return {asked: lambda request: with_header(fake.HONEST.get(asked, answered)(request), **lies)}


NOOP_ASKS = (wire.HELLO, wire.SESSION_BEGIN, wire.CALL)


def test_answers_to_no_request(programs):
    for type in NOOP_ASKS:
        for id in (0, 1, 0xffff, 1 << 48, HUGE):
            programs.fails('noop', NOT_THE_PROTOCOL, one_lie(type, id=id))


def test_messages_that_are_no_answers(programs):
    for type in NOOP_ASKS:
        for kind in (0, wire.HELLO, wire.PART, wire.PING, wire.CALL, wire.CANCEL, 7, 0xffff):
            programs.fails('noop', NOT_THE_PROTOCOL, one_lie(type, type=kind))


def test_flags_that_nobody_knows(programs):
    for type in NOOP_ASKS:
        for flags in (wire.MORE, 2, 0x8000, 0xffff):
            programs.fails('noop', NOT_THE_PROTOCOL, one_lie(type, flags=flags))


def test_bodies_of_wrong_sizes(programs):
    """Too small, no multiple of 8, too large; what is missing then may never come."""
    for type in NOOP_ASKS:
        for size in (0, 7, 12, wire.BODY_MAX, wire.BODY_MAX + 8, 0xffffffff):
            programs.fails('noop', '', one_lie(type, body_size=size))


def test_payloads_of_wrong_sizes(programs):
    for type in NOOP_ASKS:
        for size in (1, wire.PART_MAX, wire.PART_MAX + 1, 1 << 40, HUGE):
            programs.fails('noop', '', one_lie(type, payload_size=size))


def test_every_answer_twice(programs):
    for type in NOOP_ASKS[:2]:
        programs.fails('noop', NOT_THE_PROTOCOL, {
            type: lambda request, type=type: 2 * fake.HONEST[type](request)})


def test_statuses_that_mean_nothing(programs):
    for status in (1, 4095, 0x7fffffff, 0xffffffff):
        for type in (wire.SESSION_BEGIN, wire.CALL):
            body = wire.called.pack() if type == wire.CALL else b''
            programs.fails('noop', '', {
                type: lambda request, status=status, body=body: answered(request, body,
                                                                         status=status)})


def test_ids_that_are_none(programs):
    for type, name in ((wire.SESSION_BEGIN, 'noop'), (wire.RESOURCE_NEW, 'torch_inference')):
        for id in (0, 1 << 63, HUGE):
            programs.fails(name, 'an id is 0', {
                type: lambda request, id=id: answered(request, wire.id_of.pack(id=id))})


def test_sentences(programs):
    """What an agent says is shown, but cannot steer a terminal or be without an end."""
    body = wire.field(wire.TAG_SENTENCE, b'all\x1b[31m tables are taken\nok')
    ended = programs.fails('noop', 'tables are taken', {
        wire.SESSION_BEGIN: lambda request: answered(request, body, status=wire.EUSERS)})
    assert '\x1b' not in ended.err and '\nok' not in ended.err, repr(ended.err)
    for text in (b'x' * 513, b'a\0b'):
        programs.fails('noop', NOT_THE_PROTOCOL, {
            wire.SESSION_BEGIN: lambda request, text=text: answered(
                request, wire.field(wire.TAG_SENTENCE, text), status=wire.EUSERS)})


def test_fields(programs):
    good = wire.id_of.pack(id=1)
    ended, _ = programs.against('noop', {
        wire.SESSION_BEGIN: lambda request: answered(
            request, good + wire.field(999, b'something new'))})
    assert ended.code == 0, ended
    for bad in (wire.field(999, b'new', flags=wire.REQUIRED), wire.field(999, b'', flags=2),
                wire.field(999, b'', size=8), wire.field(999, b'', size=0xffffffff),
                wire.field(999, b'abc')[:-1] + b'x', bytes(8) + b'1234567\1',
                wire.field(wire.TAG_DIGEST, bytes(31))):
        programs.fails('noop', NOT_THE_PROTOCOL, {
            wire.SESSION_BEGIN: lambda request, bad=bad: answered(request, good + bad)})


def test_goodbye_in_the_place_of_every_answer(programs):
    for type in NOOP_ASKS:
        programs.fails('noop', 'the table burned down', {
            type: lambda request: fake.goodbye(b'the table burned down')})


def test_goodbyes_that_are_wrong(programs):
    programs.fails('noop', '', {wire.CALL: lambda request: fake.goodbye(b'', status=0)})
    programs.fails('noop', NOT_THE_PROTOCOL, {wire.CALL: lambda request: wire.message(
        wire.GOODBYE, 0, wire.field(wire.TAG_SENTENCE, b'a\0b'), status=5)})
    programs.fails('noop', NOT_THE_PROTOCOL, {wire.CALL: lambda request: wire.message(
        wire.GOODBYE, 0, b'', b'payload', status=5)})


def test_a_goodbye_before_hello(programs):
    programs.fails('noop', 'too many', greeting=fake.goodbye(b'too many connections'))


def lied_call(name, programs, words, change, op=None):
    """Outputs of the call (of that number) go through @change before they are sent."""
    def answer(request):
        number, arguments = fake.arguments_of(request)
        if op is not None and number != op:
            return fake.answer_call(request)
        made = fake.sgemm(arguments) if number == fake.BLAS_SGEMM else fake.described_output()
        return answered(request, *change(made))

    return programs.fails(name, words, {wire.CALL: answer})


def told(outputs, payload=None, **lies):
    """An answer to a call with lies in its struct."""
    body, honest = called(outputs)
    return (wire.called.pack(**{'nr_returned': len(outputs), **lies}) + body[wire.called.size:],
            honest if payload is None else payload)


def test_wrong_numbers_of_outputs(programs):
    for count in (0, 2, 3, 4096, 0xffffffff):
        lied_call('sgemm', programs, '', lambda out, count=count: told(out, nr_returned=count))
    lied_call('sgemm', programs, NOT_THE_PROTOCOL, lambda out: told(out + out))
    lied_call('sgemm', programs, NOT_THE_PROTOCOL, lambda out: told([]))


def test_outputs_larger_than_their_room(programs):
    lied_call('sgemm', programs, NOT_THE_PROTOCOL, lambda out: told([(65, bytes(65))]))
    lied_call('sgemm', programs, NOT_THE_PROTOCOL, lambda out: told([(64, bytes(65))]))
    lied_call('sgemm', programs, NOT_THE_PROTOCOL, lambda out: told([(1 << 20, bytes(1 << 20))]))
    lied_call('sgemm', programs, NOT_THE_PROTOCOL, lambda out: told([(HUGE, b'')]))


def test_sizes_and_payloads_that_differ(programs):
    for sent in (0, 63, 65, 1 << 20, 1 << 62, 1 << 63, HUGE):
        body = wire.called.pack(nr_returned=1) + wire.returned.pack(size=64, sent=sent)
        lied_call('sgemm', programs, NOT_THE_PROTOCOL, lambda out, body=body: (body, bytes(64)))


def test_an_output_that_is_shorter(programs):
    """The answer is right as a message; that the result is none, the operation finds out."""
    lied_call('sgemm', programs, '', lambda out: told([(60, bytes(60))]))


def test_outputs_of_any_size(programs):
    """Room that was given is filled, or the call has failed; half-filled is never right."""
    def answer(request, size, data, held):
        _, arguments = fake.arguments_of(request)
        outputs = [(one.size, one.data or bytes(one.size)) for one in arguments
                   if one.flags & wire.RETURNED]
        outputs[:2] = [(size, data), (8, held.to_bytes(8, 'little'))]
        return answered(request, *called(outputs))

    for size, data, held, words in ((136, b'', 0, NOT_THE_PROTOCOL),
                                    (136, bytes(135), 0, NOT_THE_PROTOCOL),
                                    (1 << 20, bytes(136), 7, NOT_THE_PROTOCOL),
                                    (1 << 20, b'', 0, 'into room for'),
                                    (1 << 20, b'', 7, 'into room for')):
        programs.fails('classes', words, {
            wire.CALL: lambda request, lie=(size, data, held): answer(request, *lie)})


def test_descriptions_of_tensors_that_lie(programs):
    run = fake.TORCH_MODEL_RUN
    lies = [{'held': 0}, {'size': 0}, {'size': 44}, {'size': HUGE}, {'size': 1 << 62},
            {'nr_dims': 0}, {'nr_dims': 17}, {'nr_dims': 0xffffffff}]
    for lie in lies:
        lied_call('torch_inference', programs, '',
                  lambda out, lie=lie: called(fake.described_output(**lie)), run)
    for outputs in ([(151, bytes(151)), (40, b'')], [(152, bytes(152)), (40, bytes(40))]):
        lied_call('torch_inference', programs, '', lambda out, told=outputs: called(told), run)


def test_held_outputs_of_wrong_sizes(programs):
    for size, payload in ((41, bytes(41)), (39, bytes(39)), (0, b''), (40, bytes(39)),
                          (40, bytes(41)), (HUGE, bytes(40)), (1 << 40, b'')):
        programs.fails('torch_inference', '', {
            wire.OUTPUT_FETCH: lambda request, size=size, payload=payload: answered(
                request, wire.size_of.pack(size=size), payload)})


def test_held_outputs_that_are_always_too_large(programs):
    programs.fails('torch_inference', '', {
        wire.OUTPUT_FETCH: lambda request: answered(request, wire.size_of.pack(size=HUGE),
                                                    status=wire.ERANGE)})


def test_payloads_that_nobody_asked_for(programs):
    for type in (wire.RESOURCE_CHUNK, wire.RESOURCE_REGISTER):
        programs.fails('torch_inference', NOT_THE_PROTOCOL, {
            type: lambda request: answered(request, b'', b'surprise')})


def test_parts(programs):
    """Of another answer, too long, too short, without an end, of none, with a body."""
    outputs = [(64, bytes(64))]
    body, payload = called(outputs)

    def begun(request, *parts, **header):
        first = answered(request, body, payload[:32], flags=wire.MORE, **header)
        return first + b''.join(parts)

    def part(request, size, flags=0, **lies):
        return wire.message(wire.PART, lies.pop('id', request.header['id']), lies.pop('body', b''),
                            bytes(size), flags=flags, **lies)

    bad = [lambda r: begun(r, part(r, 33)), lambda r: begun(r, part(r, 31)),
           lambda r: begun(r, part(r, 32, wire.MORE)), lambda r: begun(r, part(r, 32, id=9)),
           lambda r: begun(r, part(r, 0)), lambda r: begun(r, part(r, 0, wire.MORE)),
           lambda r: begun(r, part(r, 32, body=bytes(8))), lambda r: begun(r, begun(r)),
           lambda r: part(r, 64)]
    for answer in bad:
        programs.fails('sgemm', NOT_THE_PROTOCOL, {wire.CALL: answer})


def test_small_parts_are_honest(programs):
    def answer(request):
        body, payload = called(fake.sgemm(fake.arguments_of(request)[1]))
        return b''.join(wire.in_parts(wire.ANSWER, request.header['id'], body, payload, part=3))

    ended, _ = programs.against('sgemm', {wire.CALL: answer})
    assert ended.code == 0, ended


if __name__ == '__main__':
    programs.main(__name__)
