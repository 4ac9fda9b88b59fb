# SPDX-License-Identifier: Apache-2.0
"""The examples in virtual machines, with a real agent, as vaccel-run starts them.

test_examples.py BUILD [PATTERN]
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import qemu
import tap

BUILD = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
ROOT = pathlib.Path(__file__).resolve().parents[2]
DIGITS = ROOT / 'models' / 'digits'
MACHINES = ('q35', 'microvm')


def plugin(name):
    return BUILD / 'plugins' / name / f'libvaccel-{name}.so'


def environment(name):
    return {**os.environ, 'VACCEL_PLUGINS': str(plugin(name)), 'VACCEL_VISION_MODELS': str(DIGITS)}


def vaccel_run(plugin_name, *arguments):
    return subprocess.run([BUILD / 'tools' / 'vaccel-run', '--accel', 'tcg', *arguments], text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=environment(plugin_name), timeout=qemu.LIMIT, check=False)


def image(name):
    return str(BUILD / 'guest' / 'baremetal' / f'{name}.elf')


def without_times(output):
    return re.sub(r' +\d+\.\d\d(?=  | ms)', ' T', output)


class TestExamples(unittest.TestCase):
    def need(self, name):
        if not plugin(name).exists():
            self.skipTest(f'the plugin {name} was not built')

    def test_noop(self):
        self.need('noop')
        for machine in MACHINES:
            with self.subTest(machine):
                done = vaccel_run('noop', '--machine', machine, image('noop'))
                self.assertEqual((done.returncode, done.stdout), (0, 'session 1\nnoop: done\n'), done.stderr)
                self.assertIn('vaccel-run: qemu-system-x86_64 -accel tcg', done.stderr)

    def test_failure(self):
        """The program's exit status is vaccel-run's."""
        self.need('noop')
        done = vaccel_run('noop', image('sgemm'), '3')
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn('9 of 9 elements differ', done.stdout)

    def test_sgemm(self):
        self.need('blas')
        for machine in MACHINES:
            with self.subTest(machine):
                done = vaccel_run('blas', '--machine', machine, image('sgemm'), '300', '200', '100')
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertIn('300 x 200 x 100: 0 of 60000 elements differ', done.stdout)

    def test_classify(self):
        """In 4 MiB, and with the same answers as without a machine."""
        self.need('opencv')
        native = subprocess.run([BUILD / 'examples' / 'classify', DIGITS / 'held-out'], text=True,
                                stdout=subprocess.PIPE, env=environment('opencv'), timeout=qemu.LIMIT,
                                check=True)
        for machine in MACHINES:
            with self.subTest(machine):
                done = vaccel_run('opencv', '--machine', machine, '--memory', '4', '--files', str(DIGITS),
                                  image('classify'), 'held-out')
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertEqual(without_times(done.stdout), without_times(native.stdout))

    def test_sizes(self):
        for name in ('noop', 'sgemm', 'classify'):
            self.assertLessEqual(os.path.getsize(image(name)), 128 << 10, name)


class TestVaccelRun(unittest.TestCase):
    def refused(self, pattern, *arguments, name='noop'):
        done = vaccel_run(name, *arguments)
        self.assertEqual(done.returncode, 125, done.stderr)
        self.assertRegex(done.stderr, pattern)

    def test_wrong_words(self):
        self.refused('no image')
        self.refused('is no file', '/no/such/image')
        self.refused('no option --nonsense', '--nonsense', image('noop'))
        self.refused('needs a value', '--memory')
        self.refused('must be q35 or microvm', '--machine', 'pdp11', image('noop'))
        self.refused('no number of MiB', '--memory', '4G', image('noop'))
        self.refused('the agent did not start', image('noop'), name='no-such-plugin')

    def test_words(self):
        machine = str(BUILD / 'tests' / 'guest' / 'machine.elf')
        done = vaccel_run('noop', '--env', 'A=b "c\\', machine, 'X=1', 'two  words', '"', 'env:A', 'exit:7')
        self.assertEqual(done.returncode, 7, done.stdout + done.stderr)
        self.assertIn("argv[1] 'X=1'\nargv[2] 'two  words'\nargv[3] '\"'\n", done.stdout)
        self.assertIn('\nA b "c\\\n', done.stdout)

    def test_words_for_unikraft(self):
        """QEMU refuses this image, which has no more of Unikraft's than a name."""
        with tempfile.NamedTemporaryFile() as named:
            named.write(b'.uk_bootinfo')
            named.flush()
            done = vaccel_run('noop', '--machine', 'microvm', '--env', 'A=b c', named.name, 'x', 'y z')
        self.assertRegex(done.stderr, r' -M microvm,\S*acpi=off,\S* .*-cpu max,-apic ')
        self.assertIn('virtio_mmio.device=512@0xfeb00e00:12 env.vars=[ \\"A=b c\\" ] -- x \\"y z\\""\n',
                      done.stderr)

    def test_nothing_is_left(self):
        if not shutil.which('pgrep'):
            self.skipTest('pgrep was not found')
        done = vaccel_run('noop', image('noop'))
        socket = re.search(r'path=(\S+),?', done.stderr)[1]
        self.assertFalse(os.path.exists(os.path.dirname(socket)))
        self.assertEqual(subprocess.run(['pgrep', '-f', socket], timeout=10, check=False).returncode, 1)


if __name__ == '__main__':
    qemu.need()
    sys.exit(tap.main())
