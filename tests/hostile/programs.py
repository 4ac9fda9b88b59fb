# SPDX-License-Identifier: Apache-2.0
"""Example programs that call through plugin rpc, against agents that are not what they should be."""
import argparse
import collections
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

import cases
import client
import fake
from agent import SANITIZER
from real import below

LONGEST = client.PATIENCE  # seconds that a program may need to find out; times --slowness
KEEPALIVE = 300  # milliseconds, where an agent is to be given up; times --slowness

# A size that an agent makes up may be more than any allocator gives.
LENIENT = {name: f'{os.environ.get(name, "")}:allocator_may_return_null=1'
           for name in ('ASAN_OPTIONS', 'TSAN_OPTIONS')}

Ended = collections.namedtuple('Ended', 'code out err left')


class Programs:
    def __init__(self, told):
        self.slowness = told.slowness
        self.plugin = told.plugin
        self.paths = {os.path.basename(path): path for path in told.programs}
        self.scratch = tempfile.TemporaryDirectory(prefix='vaccel-hostile-')
        self.model = f'{self.scratch.name}/model.pt'
        with open(self.model, 'wb') as model:
            model.write(bytes(range(256)) * 40)
        self.commands = {'noop': ['noop'], 'sgemm': ['sgemm', '4'],
                         'classes': ['classes', self.model],
                         'model': ['model', self.model],
                         'torch_inference': ['torch_inference', self.model]}

    def run(self, name, address, **settings):
        """To the end, which must come in time."""
        path, *rest = self.commands[name]
        with tempfile.TemporaryDirectory(prefix='vaccel-hostile-') as runtime:
            environment = {**os.environ, **LENIENT, 'VACCEL_PLUGINS': self.plugin, 'LC_ALL': 'C',
                           'VACCEL_RPC_ADDRESS': address, 'XDG_RUNTIME_DIR': runtime, **settings}
            done = subprocess.run([self.paths[path], *rest], env=environment, text=True,
                                  errors='replace', stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  timeout=LONGEST * self.slowness)
            left = [path for path in below(runtime) if path != f'{runtime}/vaccel']
        return Ended(done.returncode, done.stdout, done.stderr, left)

    def against(self, name, answers=None, settings=None, **how):
        """Run it with a fake agent of its own."""
        with tempfile.TemporaryDirectory(prefix='vaccel-hostile-') as folder:
            with fake.FakeAgent(folder, answers, **how) as agent:
                return self.run(name, agent.address, **(settings or {})), agent

    @property
    def impatient(self):
        """Settings with which an agent that is silent is given up soon, also one that was only slow."""
        return {'VACCEL_RPC_KEEPALIVE': str(KEEPALIVE * self.slowness)}

    def against_slow(self, name, answers, settings=None):
        """The same without patience. If the agent stood still, as all does at times, it is tried again."""
        ended = []

        def is_heard():
            ended[:] = self.against(name, answers, {**self.impatient, **(settings or {})})[:1]
            return 'no sign of life' not in ended[0].err and 'fell silent' not in ended[0].err

        client.wait_until(is_heard, LONGEST * self.slowness, 'the agent is always given up')
        return ended[0]

    def fails(self, name, words='', answers=None, settings=None, **how):
        """It must end with 1 and a sentence that has @words. If any will do, it need not wait long for one."""
        settings = {**({} if words else self.impatient), **(settings or {})}
        ended, _ = self.against(name, answers, settings, **how)
        failed_with(ended, words)
        return ended


def check(ended, codes=(0, 1)):
    assert not SANITIZER.search(ended.err), ended.err
    assert ended.code in codes, f'ended with {ended.code}:\n{ended.out}{ended.err}'
    assert ended.code == 0 or ended.out + ended.err, 'failed and says nothing'
    assert not ended.left, f'left {ended.left}'


def failed_with(ended, words):
    check(ended, codes=(1,))
    assert re.search(words, ended.err), f'does not say "{words}":\n{ended.err}'


def at_once(function, values):
    """As many at a time as there are processors; the first exception counts."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(function, values))


def main(name):
    parser = argparse.ArgumentParser()
    parser.add_argument('plugin', help='rpc')
    parser.add_argument('programs', nargs='+', help='the examples')
    parser.add_argument('--slowness', type=int, default=1, help='how much longer all may take')
    programs = Programs(parser.parse_args())
    found = cases.cases_of(sys.modules[name])
    print(f'1..{len(found)}')
    passed = [cases.report(number, what, lambda case=case: case(programs))
              for number, (what, case) in enumerate(found, 1)]
    sys.exit(not all(passed))
