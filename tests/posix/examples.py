# SPDX-License-Identifier: Apache-2.0
"""Run each example with a plugin, then as a static program through an agent with it: it must do the same.

examples.py ROOT FOLDER AGENT [TITLE PLUGIN AGENT-OPTIONS PROGRAM [ARGUMENT...] --]...

Compared are the exit code and what it prints, but for times and for what the library logs. Results are TAP.
"""
import itertools
import pathlib
import sys
import tempfile

from nested import build
from remote import addresses, agent, run

SOCKETS = ('tcp://', 'unix://')
# What musl calls errors, and the C library of the program that is compared.
SENTENCES = {'I/O error': 'Input/output error', ': Not supported': ': Operation not supported'}


def cases(words):
    while words:
        case = list(itertools.takewhile(lambda word: word != '--', words))
        words = words[len(case) + 1:]
        yield case


def renamed(found, program):
    """What a program says of itself has its name in it, and what it says of errors is the C library's."""
    code, *streams = found
    for old, new in {str(program): 'PROGRAM', **SENTENCES}.items():
        streams = [text.replace(old, new) for text in streams]
    return code, *streams


def differing(folder, program, plugin, options, command):
    """The addresses through which it does something else."""
    static = folder / 'examples' / pathlib.Path(command[0]).name
    expected = renamed(run(command, {'VACCEL_PLUGINS': plugin}), command[0])
    with tempfile.TemporaryDirectory() as place:
        listen = [pair for pair in addresses(pathlib.Path(place)) if pair[1].startswith(SOCKETS)]
        with agent(program, plugin, options.split(), listen, place):
            for _, address in listen:
                found = renamed(run([static, *command[1:]], {'VACCEL_RPC_ADDRESS': address}), static)
                if found != expected:
                    print(f'# through {address}: {found} and not: {expected}')
                    yield address


def main():
    root, folder, program, *words = sys.argv[1:]
    folder = build('musl', root, folder)
    listed = list(cases(words))
    failed = 0
    print(f'1..{len(listed)}')
    for number, (title, plugin, options, *command) in enumerate(listed, 1):
        different = list(differing(folder, program, plugin, options, command))
        failed += bool(different)
        print(f'{"not " if different else ""}ok {number} - {title}', flush=True)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
