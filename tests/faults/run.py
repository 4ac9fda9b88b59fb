# SPDX-License-Identifier: Apache-2.0
"""Run an example again and again; each time one more call succeeds before one fails.

run.py LIBRARY memory|files NAME=VALUE... PROGRAM [ARGUMENT...]

LIBRARY is preloaded and makes the call fail: an allocation, or what concerns files. Only calls count that
come from the example, libvaccel and its plugins. Whatever fails, the program must end by itself, as usual or
with 1 and a line that says why; it must leave no file and lose no memory.
"""
import collections
import errno
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

PART = -1
LONGEST = 30  # seconds
# As struct Shared in state.cpp.
HEAD = struct.Struct('<QQQq32s56sQQ')
PLACE = struct.Struct('<56sQ')
PLACES = 1 << 14

Ended = collections.namedtuple('Ended', 'code out err failed ways what lost left')


def text(raw):
    return raw.split(b'\0')[0].decode()


def lost_of(state, count):
    places = (PLACE.unpack_from(state, HEAD.size + i * PLACE.size) for i in range(PLACES))
    lost = [f'{text(name)}+{offset:#x}' for name, offset in places if name[0]]
    assert len(lost) == count
    return collections.Counter(lost)


def files_below(folder):
    return [os.path.join(root, name) for root, _, names in os.walk(folder) for name in names]


def left_in(folder):
    """Files, and run directories; the folder in which all programs have theirs may stay."""
    return files_below(folder) + [str(d) for d in pathlib.Path(folder, 'vaccel').glob('*')]


class Program:
    def __init__(self, library, kind, settings, command):
        self.command = [os.path.abspath(command[0]), *command[1:]]
        self.environment = {**os.environ, **dict(s.split('=', 1) for s in settings),
                            'LD_PRELOAD': os.path.abspath(library), 'FAULTS_KIND': kind, 'LC_ALL': 'C'}

    def run(self, at, way=0):
        """Let the call number @at fail in one of its ways; 0: none."""
        with tempfile.TemporaryDirectory() as folder:
            state = pathlib.Path(folder, 'state')
            state.write_bytes(b'')
            os.truncate(state, HEAD.size + PLACES * PLACE.size)
            runtime = pathlib.Path(folder, 'runtime')
            runtime.mkdir()
            environment = {**self.environment, 'FAULTS_STATE': str(state), 'FAULTS_AT': str(at),
                           'FAULTS_WAY': str(way), 'XDG_RUNTIME_DIR': str(runtime)}
            done = subprocess.run(self.command, env=environment, cwd=folder, text=True,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=LONGEST)
            return self.ended(done, state.read_bytes(), left_in(runtime))

    @staticmethod
    def ended(done, state, left):
        _, failed, ways, error, function, place, offset, live = HEAD.unpack_from(state)
        what = (text(function), error, f'{text(place)}+{offset:#x}')
        lost = lost_of(state, live) if live else collections.Counter()
        out = re.sub(r' *\d+\.\d+( ms)?', ' number', done.stdout)
        return Ended(done.returncode, out, done.stderr, failed, ways, what, lost, left)


def is_harmless(function, error):
    """Errors that a caller is to take as "go on"."""
    return error in (errno.EINTR, PART) or (function, error) == ('getrandom', errno.ENOSYS)


def faults_of(usual, ended):
    function, error, _ = ended.what
    if ended.code not in (usual.code, 1):
        yield f'ended with {ended.code}'
    if ended.code == 0 and ended.out != usual.out:
        yield 'claims success, but its output differs'
    if ended.code == 1 and not ended.err.strip() and ended.out == usual.out:
        yield 'failed and says nothing'
    if ended.code != usual.code and is_harmless(function, error):
        yield 'did not go on'
    if ended.left:
        yield 'left ' + ' '.join(ended.left)
    if ended.lost - usual.lost:
        yield 'lost the memory allocated at ' + ' '.join(ended.lost - usual.lost)


def describe(at, ended):
    function, error, place = ended.what
    name = 'only a part' if error == PART else errno.errorcode.get(error, 'nothing')
    return f'call {at}: {function} ({name}) from {place}'


def check(program):
    """Let each call fail once in each of its ways. How many runs, how many were wrong."""
    usual = program.run(0)
    if usual.code not in (0, 1) or usual.left:
        print(f'without any fault: code {usual.code}\n{usual.out}{usual.err}', *usual.left)
        return 1, 1
    runs = wrong = 0
    at, way, more = 1, 0, True
    while more:
        try:
            ended = program.run(at, way)
        except subprocess.TimeoutExpired:
            print(f'call {at}, way {way}: still running after {LONGEST} s')
            return runs + 1, wrong + 1
        for fault in faults_of(usual, ended) if ended.failed else ():
            print(f'{describe(at, ended)}: {fault}\n{ended.err}')
            wrong += 1
        runs += ended.failed
        more = ended.failed
        at, way = (at, way + 1) if way + 1 < ended.ways else (at + 1, 0)
    return runs, wrong


def main():
    library, kind, *rest = sys.argv[1:]
    settings = [word for word in rest if re.match(r'[A-Z_]+=', word)]
    runs, wrong = check(Program(library, kind, settings, rest[len(settings):]))
    print(f'{runs} faults, {wrong} times wrong')
    return 1 if wrong or not runs else 0


if __name__ == '__main__':
    sys.exit(main())
