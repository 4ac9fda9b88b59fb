# SPDX-License-Identifier: Apache-2.0
"""A program linked with nothing but the installed archive has the library begun, and finds its agent.

linked.py ROOT FOLDER AGENT PLUGIN PROGRAM.c
"""
import os
import pathlib
import subprocess
import sys
import tempfile

from installed import STRICT, Installation
from nested import build, need, run
from remote import addresses, agent

BEGUN = 'at first: begun\ncall: 0\n'
NOT_BEGUN = 'at first: not begun\ncall: 104\n'
# What: arguments, environment beside the address, output, sentence of the log.
CASES = {
    'it begins by itself': ([], {}, BEGUN, ''),
    'the transport may be named': ([], {'VACCEL_PLUGINS': 'rpc'}, BEGUN, ''),
    'it can be kept from beginning': ([], {'VACCEL_BOOTSTRAP_ENABLED': '0'}, NOT_BEGUN, 'not initialised'),
    'the program begins it': (['rpc'], {'VACCEL_BOOTSTRAP_ENABLED': '0'},
                              'at first: not begun\nbeginning: 0\ncall: 0\n', ''),
    'the program begins it again': (['rpc'], {}, 'at first: begun\nbeginning: 0\ncall: 0\n', ''),
    'another plugin cannot be loaded': ([], {'VACCEL_PLUGINS': 'blas'}, NOT_BEGUN, 'not linked into'),
    'there is no vsock': ([], {'VACCEL_RPC_ADDRESS': 'vsock://2:1'}, 'at first: begun\ncall: 22\n',
                          'built without vsock'),
}


def link(folder, source):
    """As guest/posix/README.md says."""
    program = folder / 'program'
    installed = Installation(build('musl', *sys.argv[1:3]), str(folder / 'installed'))
    run([need('musl'), '-static', *STRICT, *installed.config('--cflags'), source, '-o', program,
         *installed.config('--libs')])
    return program


def faults(program, environment):
    for title, (arguments, more, output, sentence) in CASES.items():
        done = subprocess.run([program, *arguments], env={**os.environ, **environment, **more}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode or done.stdout != output or sentence not in done.stderr:
            yield f'{title}: {done.returncode}\n{done.stdout}{done.stderr}'


def main():
    broker, plugin, source = sys.argv[3:]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        program = link(folder, source)
        listen = [pair for pair in addresses(folder) if pair[1].startswith(('unix://', 'tcp://127.'))]
        with agent(broker, plugin, [], listen, folder):
            found = list(faults(program, {'VACCEL_RPC_ADDRESS': listen[-1][1]}))
        print(*found, f'{len(found)} of {len(CASES)} wrong', sep='\n')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
