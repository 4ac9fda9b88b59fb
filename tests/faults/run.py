# SPDX-License-Identifier: Apache-2.0
"""Run an example again and again; each time one more call succeeds before one fails.

run.py LIBRARY memory|files|sockets NAME=VALUE... PROGRAM [ARGUMENT...]

LIBRARY is preloaded and makes the call fail: an allocation, or what concerns files or sockets. Only calls
count that come from the example, libvaccel and its plugins. Whatever fails, the program must end by itself,
as usual or with 1 and a line that says why; it must leave no file and lose no memory.
"""
import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import state

LONGEST = 30  # seconds

Ended = collections.namedtuple('Ended', 'code out err fault lost left')


def files_below(folder):
    return [os.path.join(root, name) for root, _, names in os.walk(folder) for name in names]


def left_in(folder):
    """Files, and run directories; the folder in which all programs have theirs may stay."""
    return files_below(folder) + [str(d) for d in pathlib.Path(folder, 'vaccel').glob('*')]


class Program:
    def __init__(self, library, kind, settings, command):
        self.command = [os.path.abspath(command[0]), *command[1:]]
        self.library, self.kind = library, kind
        self.environment = {**os.environ, **dict(s.split('=', 1) for s in settings)}

    def run(self, at, way=0):
        """Let the call number @at fail in one of its ways; 0: none."""
        with tempfile.TemporaryDirectory() as folder:
            shared = state.State(f'{folder}/state', self.library, self.kind)
            shared.let_fail(at, way)
            runtime = pathlib.Path(folder, 'runtime')
            runtime.mkdir()
            environment = {**self.environment, **shared.environment,
                           'XDG_RUNTIME_DIR': str(runtime)}
            done = subprocess.run(self.command, env=environment, cwd=folder, text=True,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=LONGEST)
            out = re.sub(r' *\d+\.\d+( ms)?', ' number', done.stdout)
            return Ended(done.returncode, out, done.stderr, shared.fault(), shared.blocks(),
                         left_in(runtime))


def faults_of(usual, ended):
    if ended.code not in (usual.code, 1):
        yield f'ended with {ended.code}'
    if ended.code == 0 and ended.out != usual.out and not ended.err.strip():
        yield 'claims success, but its output differs'
    if ended.code == 1 and not ended.err.strip() and ended.out == usual.out:
        yield 'failed and says nothing'
    if ended.code != usual.code and state.is_harmless(ended.fault):
        yield 'did not go on'
    if ended.left:
        yield 'left ' + ' '.join(ended.left)
    if ended.lost - usual.lost:
        yield 'lost the memory allocated at ' + ' '.join(ended.lost - usual.lost)


class Check:
    """Counts the runs, and how many were wrong."""

    def __init__(self, program):
        self.program = program
        self.runs = self.wrong = 0
        self.usual = program.run(0)
        if self.usual.code not in (0, 1) or self.usual.left:
            print(f'without any fault: code {self.usual.code}\n{self.usual.out}{self.usual.err}',
                  *self.usual.left)
            self.wrong += 1

    def attempt(self, at, way):
        ended = self.program.run(at, way)
        self.runs += ended.fault.failed
        for fault in faults_of(self.usual, ended) if ended.fault.failed else ():
            print(f'{state.describe(at, ended.fault)}: {fault}\n{ended.err}')
            self.wrong += 1
        return ended.fault

    def all(self):
        """Returns whether nothing was wrong."""
        try:
            state.each_fault(self.attempt)
        except subprocess.TimeoutExpired:
            print(f'still running after {LONGEST} s: the fault that follows the {self.runs} before')
            self.wrong += 1
        print(f'{self.runs} faults, {self.wrong} times wrong')
        return self.runs and not self.wrong


def program_of(library, kind, rest, *more):
    """The settings come first in @rest."""
    settings = [word for word in rest if re.match(r'[A-Z_]+=', word)]
    return Program(library, kind, [*settings, *more], rest[len(settings):])


def main():
    library, kind, *rest = sys.argv[1:]
    return 0 if Check(program_of(library, kind, rest)).all() else 1


if __name__ == '__main__':
    sys.exit(main())
