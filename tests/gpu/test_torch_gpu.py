#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The plugin torch on an NVIDIA GPU, in the process and behind an agent: test_torch_gpu.py BUILD

With VACCEL_TORCH_DEVICE=cpu the same is done on the processor, which shows that this test works.
"""
import array
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[1:1] = [str(ROOT / 'bench/models'), str(ROOT / 'tests/agent'), str(ROOT / 'tools')]
import find_wheel  # noqa: E402
import networks  # noqa: E402
import tap  # noqa: E402
import turns  # noqa: E402

BUILD = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else 'build').resolve()
ON_CPU = os.environ.get('VACCEL_TORCH_DEVICE') == 'cpu'
DIGITS = ROOT / 'models/digits'
LSTM = ROOT / 'models/lstm'
NATIVE = {'VACCEL_PLUGINS': str(turns.library_of(BUILD, 'torch'))}
CLOSE = 5e-2  # a GPU multiplies with shorter fractions than the processor that gave what is recorded
CYCLES = 50
SPARE = 32  # MiB that may come and go with what is no model's
PATIENCE = 30
ENOMEM, EINVAL, EBACKEND, EREMOTEIO = 12, 22, 71, 121

def smi(what):
    """In MiB, of the first GPU."""
    return int(subprocess.check_output(['nvidia-smi', '--id=0', f'--query-gpu=memory.{what}',
                                        '--format=csv,noheader,nounits'], text=True))


def memory_used(pid):
    """Of the GPU, or of the process if there is none: in MiB."""
    if not ON_CPU:
        return smi('used')
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for line in pathlib.Path(f'/proc/{pid}/status').read_text().splitlines():
            if line.startswith('VmRSS'):
                return int(line.split()[1]) // 1024
    return 0


def floats(path):
    values = array.array('f')
    values.frombytes(pathlib.Path(path).read_bytes())
    return values


def parent(pid):
    """None if there is no such process any more."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return int(pathlib.Path(f'/proc/{pid}/stat').read_text().rsplit(')', 1)[1].split()[1])


def children(pid):
    return [int(entry) for entry in os.listdir('/proc') if entry.isdigit() and parent(entry) == pid]


class Caller:
    """A process of call_model.c."""

    def __init__(self, folder, environment):
        self.answer = pathlib.Path(folder) / 'answer'
        descriptor, path = tempfile.mkstemp(dir=folder)
        self.errors = open(path, encoding='utf-8')
        self.process = subprocess.Popen([BUILD / 'tests/gpu/call-model'], stdin=subprocess.PIPE, text=True,
                                        stdout=subprocess.PIPE, stderr=descriptor,
                                        env={**os.environ, **environment})
        os.close(descriptor)

    def tell(self, *command):
        """0 or the number of an error."""
        self.process.stdin.write(' '.join(map(str, command)) + '\n')
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if not answer:
            raise EOFError(f'{command}: the process ended; it said: {self.said()}')
        return 0 if answer == ['ok'] else int(answer[1])

    def run(self, *inputs, outputs=1):
        """An error, or what the outputs are, one behind the other."""
        self.tell('clear')
        for given in inputs:
            assert self.tell('input', *given) == 0, given
        error = self.tell('run', outputs, self.answer)
        return error or floats(self.answer)

    def said(self):
        """All that it said of errors since it was asked last."""
        return self.errors.read()

    def end(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()


class TorchTest(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.folder = self.stack.enter_context(tempfile.TemporaryDirectory())

    def call(self, environment=None):
        caller = Caller(self.folder, environment or NATIVE)
        self.stack.callback(caller.end)
        return caller

    def must(self, error, caller):
        self.assertEqual(error, 0, caller.said())

    def close(self, found, expected):
        self.assertIsInstance(found, array.array)
        self.assertEqual(len(found), len(expected))
        self.assertLessEqual(max(abs(a - b) for a, b in zip(found, expected)), CLOSE)


class Answers(TorchTest):
    def digits(self, caller):
        expected = floats(DIGITS / 'held-out/scores.f32')
        self.must(caller.tell('load', DIGITS / 'digits.pt'), caller)
        scores = caller.run(('f32', '360x1x8x8', DIGITS / 'held-out/scans.f32'))
        self.close(scores, expected)
        for scan in range(0, len(expected), 10):
            best = max(range(10), key=lambda digit: expected[scan + digit])
            self.assertEqual(max(range(10), key=lambda digit: scores[scan + digit]), best)

    def test_digits_are_those_of_the_processor(self):
        self.digits(self.call())

    def test_digits_through_a_unix_socket(self):
        self.digits(self.call(self.stack.enter_context(turns.agent(BUILD, 'unix', 'torch'))))

    def test_digits_by_user_attach(self):
        self.digits(self.call(self.stack.enter_context(turns.agent(BUILD, 'user attach', 'torch'))))

    def test_lstm_with_several_inputs_and_outputs(self):
        caller = self.call()
        self.must(caller.tell('load', LSTM / 'lstm.pt'), caller)
        for batch in (1, 3):
            folder = LSTM / f'batch-{batch}'
            found = caller.run(('f32', f'{batch}x6x8', folder / 'sequence.f32'),
                               ('f32', f'{batch}x16', folder / 'h0.f32'),
                               ('f32', f'{batch}x16', folder / 'c0.f32'), outputs=3)
            expected = sum((floats(folder / f'{name}.f32') for name in ('states', 'h1', 'c1')),
                           array.array('f'))
            self.close(found, expected)

    def threads(self, environment):
        caller = self.call(environment)
        self.must(caller.tell('load', DIGITS / 'digits.pt'), caller)
        few = pathlib.Path(self.folder) / 'few'
        few.write_bytes((DIGITS / 'held-out/scans.f32').read_bytes()[:8 * 8 * 8 * 4])
        caller.run(('f32', '8x1x8x8', few))
        self.must(caller.tell('threads', 50), caller)

    def test_sessions_in_threads_get_their_own_answers(self):
        self.threads(NATIVE)

    def test_sessions_in_threads_through_a_unix_socket(self):
        self.threads(self.stack.enter_context(turns.agent(BUILD, 'unix', 'torch')))


class Errors(TorchTest):
    def refused(self, caller, error, *words):
        """The framework's own sentence."""
        self.assertEqual(error, EINVAL)
        said = caller.said()
        for word in ('[torch]', *words):
            self.assertIn(word, said)

    def test_a_wrong_shape(self):
        caller = self.call()
        self.must(caller.tell('load', DIGITS / 'digits.pt'), caller)
        self.refused(caller, caller.run(('f32', '1x3x8x8', '-')), 'expected input[1, 3, 8, 8]')
        self.assertIsInstance(caller.run(('f32', '1x1x8x8', '-')), array.array)

    def test_a_wrong_type(self):
        caller = self.call()
        self.must(caller.tell('load', DIGITS / 'digits.pt'), caller)
        self.refused(caller, caller.run(('i64', '1x1x8x8', '-')), 'type')
        self.assertIsInstance(caller.run(('f32', '1x1x8x8', '-')), array.array)

    def test_an_index_beyond_the_table(self):
        """A GPU's kernel finds that, after which its whole context is of no use; others must not suffer."""
        environment = self.stack.enter_context(turns.agent(BUILD, 'unix', 'torch'))
        caller = self.call(environment)
        table = networks.made(BUILD, networks.TABLE, 'torchscript')
        beyond = pathlib.Path(self.folder) / 'rows'
        beyond.write_bytes(array.array('q', [0, 1, 2, 10 ** 9]).tobytes())
        self.must(caller.tell('load', table), caller)
        self.assertIn(caller.run(('i64', '1x4', beyond)), (EINVAL, EBACKEND, EREMOTEIO))
        self.assertIn('<error>', caller.said())
        after = self.call(environment)
        self.must(after.tell('load', table), after)
        self.assertIsInstance(after.run(('i64', '1x4', '-')), array.array, after.said())


class Memory(TorchTest):
    """Nobody else may use the GPU meanwhile."""

    def cycles(self, *models):
        """Some first, for what comes with the first load and stays."""
        caller = self.call()
        used = []
        for number in range(CYCLES + 3):
            for model in models:
                if caller.tell('load', model) == 0:
                    caller.run(('f32', '1x3x224x224', '-'))
                    self.must(caller.tell('unload'), caller)
            used.append(memory_used(caller.process.pid))
        self.assertLessEqual(used[-1] - used[2], SPARE, used)

    def test_memory_is_back_after_each_unload(self):
        self.cycles(networks.made(BUILD, networks.RESNET, 'torchscript'))

    def test_memory_is_back_after_each_load_that_fails(self):
        whole = networks.made(BUILD, networks.RESNET, 'torchscript').read_bytes()
        cut = pathlib.Path(self.folder) / 'cut.pt'
        cut.write_bytes(whole[:len(whole) // 2])
        changed = pathlib.Path(self.folder) / 'changed.pt'
        changed.write_bytes(whole[:-30000] + bytes(1000) + whole[-29000:])
        self.cycles(cut, changed)

    def test_a_run_for_which_there_is_no_memory(self):
        model = pathlib.Path(self.folder) / 'hungry.pt'
        python, _ = find_wheel.find('torch')
        subprocess.run([python, HERE / 'hungry.py', model], check=True)
        fitting, beyond = (1, 1024), (1, 1 << 47)
        if not ON_CPU:
            fitting, beyond = (1, 1 << 30), ((smi('total') >> 10) + 8, 1 << 30)
        caller = self.call()
        self.must(caller.tell('load', model), caller)
        for pieces, size in (fitting, beyond, fitting, beyond, fitting):
            error = caller.run(*map(self.number, (pieces, size)))
            if (pieces, size) == beyond:
                self.assertEqual(error, ENOMEM)
                self.assertIn('memory', caller.said())
            else:
                self.assertIsInstance(error, array.array)
        before = memory_used(caller.process.pid)
        self.must(caller.tell('unload'), caller)
        self.assertLessEqual(memory_used(caller.process.pid), before)

    def number(self, value):
        file = pathlib.Path(self.folder) / str(value)
        file.write_bytes(array.array('q', [value]).tobytes())
        return 'i64', '-', file

    def test_the_memory_of_a_worker_that_was_killed(self):
        idle = None if ON_CPU else smi('used')
        environment = self.stack.enter_context(turns.agent(BUILD, 'unix', 'torch'))
        caller = self.call(environment)
        self.must(caller.tell('load', networks.made(BUILD, networks.RESNET, 'torchscript')), caller)
        self.assertIsInstance(caller.run(('f32', '1x3x224x224', '-')), array.array)
        worker, = (child for broker in children(os.getpid()) for child in children(broker)
                   if 'vaccel-worker' in os.readlink(f'/proc/{child}/exe'))
        at_work = memory_used(worker)
        self.assertGreater(at_work, 100 + (idle or 0))
        os.kill(worker, 9)
        self.assertNotEqual(caller.tell('clear') or caller.tell('run', 1, caller.answer), 0)
        end = time.monotonic() + PATIENCE
        while memory_used(worker) > (idle or 0) + SPARE + self.context_of_new_worker():
            self.assertLess(time.monotonic(), end, 'the memory did not come back')
            time.sleep(0.1)
        after = self.call(environment)
        self.must(after.tell('load', DIGITS / 'digits.pt'), after)
        self.assertIsInstance(after.run(('f32', '1x1x8x8', '-')), array.array)

    def context_of_new_worker(self):
        """The agent starts another, which may have begun with the GPU."""
        return 0 if ON_CPU else 100


def main():
    if not ON_CPU and not shutil.which('nvidia-smi'):
        print('no NVIDIA GPU: nvidia-smi is not there')
        return 77
    return tap.main()


if __name__ == '__main__':
    sys.exit(main())
