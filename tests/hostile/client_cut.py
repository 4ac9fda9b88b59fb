# SPDX-License-Identifier: Apache-2.0
"""An agent that closes the connection after any number of bytes."""
import fake
import programs
import wire

# A long conversation is not cut at every byte, as starting a program takes its time.
STEPS = {'model': 17, 'noop': 1, 'sgemm': 3, 'torch_inference': 7}


def lengths_of(told, name):
    """How many bytes the whole conversation has, and how many of them count for the result."""
    _, agent = told.against(name)
    end = len(fake.answered(wire.Message({'id': 1}, b'', b'')))
    after = sum(type in (wire.SESSION_END, wire.RESOURCE_UNREGISTER, wire.RESOURCE_END)
                for type in agent.seen)
    return agent.sent, agent.sent - after * end


def check_cut(told, name, at, counts):
    ended, _ = told.against(name, most=at)
    programs.check(ended, codes=(1,) if at < counts else (0, 1))
    assert ended.code == 0 or fake_is_named(ended.err), f'cut at {at}: {ended.err}'


def fake_is_named(text):
    return 'unix:///' in text


def cut(told, name):
    whole, counts = lengths_of(told, name)
    programs.at_once(lambda at: check_cut(told, name, at, counts),
                     [*range(0, whole, STEPS[name]), counts - 1])


def test_a_call_without_arguments(told):
    cut(told, 'noop')


def test_a_call_with_arguments(told):
    cut(told, 'sgemm')


def test_a_resource_and_a_held_output(told):
    cut(told, 'torch_inference')


def test_a_model_and_what_it_is(told):
    cut(told, 'model')


if __name__ == '__main__':
    programs.main(__name__)
