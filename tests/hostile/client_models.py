# SPDX-License-Identifier: Apache-2.0
"""An agent that lies of models: what they take and give, and what a run gave."""
import fake
import programs as with_programs
import wire
from fake import answered, called, spec

HUGE = (1 << 64) - 1
INT64_MAX = (1 << 63) - 1
NOT_UNDERSTOOD = 'cannot be understood'
CANNOT_BE = 'it cannot be what it says'


def answering(op, outputs, status=0):
    """Calls of that number have these outputs, all others honest ones."""
    def answer(request):
        number, _ = fake.arguments_of(request)
        return answered(request, *called(outputs), status=status) if number == op \
            else fake.answer_call(request)

    return {wire.CALL: answer}


def telling(info, size=None):
    """The model is what @info says, of which the agent says that it has @size bytes."""
    told = fake.told_info(size=len(info) if size is None else size)

    def fetched(request):
        if wire.fetch.unpack(request.body)['held'] == fake.INFO_HELD:
            return answered(request, wire.size_of.pack(size=len(info)), info)
        return fake.fetched(request)

    return {**answering(fake.MODEL_INFO, told), wire.OUTPUT_FETCH: fetched}


def test_an_honest_agent(programs):
    ended, _ = programs.against('model')
    assert ended.code == 0, ended
    assert 'format onnx, engine fake' in ended.out and 'out: FLOAT32 of 1 x 10: 0 0' in ended.out, ended


def test_infos_cut_off_anywhere(programs):
    def cut(size):
        programs.fails('model', NOT_UNDERSTOOD, telling(fake.INFO[:size]))

    with_programs.at_once(cut, [*range(0, len(fake.INFO), 29), len(fake.INFO) - 1])


def test_more_than_there_is(programs):
    for place in range(3):
        for count in (2, 1000, 0x7fffffff, 0xffffffff):
            counts = [1, 1, 1]
            counts[place] = count
            programs.fails('model', NOT_UNDERSTOOD, telling(fake.model_info(counts=counts)))


def test_sizes_of_infos_that_differ(programs):
    for size in (0, 1, len(fake.INFO) - 1, 1 << 62, HUGE):
        programs.fails('model', '', telling(fake.INFO, size))


def test_infos_that_are_nowhere(programs):
    for held in (0, 1 << 63, HUGE):
        programs.fails('model', '', answering(fake.MODEL_INFO, fake.told_info(held=held)))
    programs.fails('model', '', answering(fake.MODEL_INFO, fake.told_info(), status=wire.EINVAL))
    programs.fails('model', '', answering(fake.MODEL_INFO, [(len(fake.INFO), fake.INFO),
                                                            (8, bytes(8))]))


def test_too_many_dimensions(programs):
    for count in (17, 0x7fffffff):
        for where in ('inputs', 'outputs'):
            programs.fails('model', NOT_UNDERSTOOD,
                           telling(fake.model_info(**{where: [spec(b'x', nr_dims=count)]})))


def test_what_can_be_shown_is_shown(programs):
    """Texts without an end, types that nobody knows, any shape: the example shows what it can."""
    info = fake.model_info(signatures=[b's' * 256], inputs=[],
                           outputs=[spec(b'o' * 256, type=0xffffffff, dims=[-5, -1 << 63, 7])])
    info = b'f' * 96 + info[96:]
    ended, _ = programs.against('model', telling(info))
    with_programs.check(ended, codes=(0,))
    assert 'format ' + 'f' * 31 + ', engine ' + 'f' * 63 + '\n' in ended.out, ended
    assert 'output ' + 'o' * 255 + ': UNKNOWN of -1 x -1 x 7\n' in ended.out, ended
    programs.fails('model', 'may have any shape', telling(fake.model_info(
        inputs=[spec(b'x', nr_dims=-1 << 31)])))


def test_inputs_that_no_memory_holds(programs):
    """The application makes what it is told to, or fails; the library refuses what overflows."""
    for dims in ([1 << 40], [INT64_MAX], [1 << 32, 1 << 32], [INT64_MAX] * 16):
        ended, _ = programs.against('model', telling(fake.model_info(inputs=[spec(b'x', dims=dims)])))
        with_programs.check(ended, codes=(1,))


def test_outputs_that_cannot_be(programs):
    for size in (0, 44, 1 << 62):
        programs.fails('model', '', answering(fake.MODEL_RUN, fake.model_output(size=size)))
    lies = [{'held': 0}, {'size': 41}, {'size': HUGE}, {'nr_dims': 0}, {'nr_dims': 1}, {'nr_dims': 17},
            {'nr_dims': 0xffffffff}, {'type': 0}, {'type': 2}, {'type': 19}, {'type': 0xffffffff}]
    for lie in lies:
        programs.fails('model', CANNOT_BE,
                       answering(fake.MODEL_RUN, fake.model_output(**lie)))
    for outputs in ([(151, bytes(151)), (40, b'')], [(152, bytes(152)), (40, bytes(40))], [],
                    [(152, bytes(152))]):
        programs.fails('model', '', answering(fake.MODEL_RUN, outputs))


def test_outputs_of_failed_runs(programs):
    """What they say they hold is given back, and nothing of it is believed."""
    for lie in ({}, {'nr_dims': 0xffffffff}, {'size': HUGE}, {'held': HUGE}):
        programs.fails('model', '', answering(fake.MODEL_RUN, fake.model_output(**lie),
                                              status=wire.EINVAL))


def test_held_outputs_of_wrong_sizes(programs):
    for size, payload in ((41, bytes(41)), (39, bytes(39)), (0, b''), (40, bytes(39)), (HUGE, b'')):
        def fetched(request, size=size, payload=payload):
            if wire.fetch.unpack(request.body)['held'] == fake.INFO_HELD:
                return fake.fetched(request)
            return answered(request, wire.size_of.pack(size=size), payload)

        programs.fails('model', '', {wire.OUTPUT_FETCH: fetched})


def test_strings_whose_lengths_lie(programs):
    """Ten strings need eighty bytes for their lengths alone."""
    for size in (40, 79, 80, 88):
        for byte in (b'\0', b'\1', b'\xff'):
            data = byte * size

            def fetched(request, data=data):
                if wire.fetch.unpack(request.body)['held'] == fake.INFO_HELD:
                    return fake.fetched(request)
                return answered(request, wire.size_of.pack(size=len(data)), data)

            output = fake.model_output(type=18, size=size)
            programs.fails('model', '', {**answering(fake.MODEL_RUN, output),
                                         wire.OUTPUT_FETCH: fetched})


if __name__ == '__main__':
    with_programs.main(__name__)
