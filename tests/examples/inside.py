# SPDX-License-Identifier: Apache-2.0
"""Run a program with a plugin, then as a unikernel, served by an agent with that plugin: it must do the same.

inside.py AGENT IMAGE PLUGIN AGENT-OPTIONS PROGRAM [ARGUMENT...]

Compared are the exit code and the lines that it prints, but for times and for what the library logs. The
machine has the files that arguments name, maybe behind an '@' or a comma, at the same paths.
"""
import os
import pathlib
import re
import shutil
import sys
import tempfile

import qemu
from remote import TIME, run
from served import Served

MACHINES = ('q35', 'microvm')
MEGABYTES = 32
NAME = 'vaccel'  # of the program, for itself
LOG_LINE = re.compile(r'^<(error|warn|info|debug)> .*\n?', re.MULTILINE)


def archive(arguments, folder):
    root = folder / 'root'
    root.mkdir()
    for path in map(pathlib.Path, re.split('[@,]', '@'.join(arguments))):
        if path.is_absolute() and path.exists():
            target = root / path.relative_to('/')
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if path.is_dir() else shutil.copy)(path, target)
    return ['-initrd', qemu.archive(root, folder / 'files.cpio')] if any(root.iterdir()) else []


def quoted(word):
    return '"' + word.replace('\\', '\\\\').replace('"', '\\"') + '"'


def inside(machine, image, arguments, options):
    words = ' '.join(['--', *map(quoted, arguments)])
    done = qemu.boot(image, words, [*qemu.shared_memory(machine, MEGABYTES), *options])
    return done.status, TIME.sub(' TIME', LOG_LINE.sub('', done.output)).replace('\r', '')


def natively(command, plugin):
    code, *streams = run(command, {'VACCEL_PLUGINS': plugin})
    return code, ''.join(streams).replace(command[0], NAME)


def lines(text):
    """The console does not say which of the two streams a line is from."""
    return sorted(text.splitlines())


def absolute(word):
    """A file is named so that it is the same in the machine, and for the agent, which is elsewhere."""
    return os.path.abspath(word) if '/' in word and os.path.exists(word) else word


def main():
    program, image, plugin, options, *command = sys.argv[1:]
    command[1:] = map(absolute, command[1:])
    qemu.need('cpio')
    code, expected = natively(command, plugin)
    different = 0
    agent = Served(program)
    try:
        agent.begin(plugin, *options.split())
        with tempfile.TemporaryDirectory() as folder:
            files = archive(command[1:], pathlib.Path(folder))
            for machine in MACHINES:
                status, output = inside(machine, image, command[1:], agent.carrier(machine) + files)
                if status != code or lines(output) != lines(expected):
                    print(f'{machine}: {status}', output, f'and not: {code}', expected, sep='\n')
                    different += 1
    finally:
        agent.stop()
    print(f'{len(MACHINES) - different} of {len(MACHINES)} the same')
    return 1 if different else 0


if __name__ == '__main__':
    sys.exit(main())
