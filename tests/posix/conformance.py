# SPDX-License-Identifier: Apache-2.0
"""The conformance suite as a static program, with both plugins for local sessions, served by an agent.

conformance.py ROOT FOLDER AGENT PLUGINS CASES... [-- PLUGIN SOURCE...]...
"""
import concurrent.futures
import itertools
import os
import pathlib
import subprocess
import sys
import tempfile

from nested import build, need, run
from remote import addresses, agent

HEADERS = ('include', 'guest', 'tests/unit', 'tests/guest/kit')
FLAGS = ['-O1', '-g', '-D_GNU_SOURCE', '-Wno-deprecated-declarations']


def compiled(folder, root, name, sources, flags=()):
    """The objects of one part."""
    command = [need('musl'), *FLAGS, *(f'-I{root}/{header}' for header in HEADERS), *flags]
    objects = [folder / f'{name}-{pathlib.Path(source).name}.o' for source in sources]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda pair: run([*command, '-c', pair[0], '-o', pair[1]]), zip(sources, objects)))
    return objects


def plugin(folder, root, name, *sources):
    """An archive, as both have a file in common; each is called by another name than the transport."""
    own = [f'-D{symbol}={symbol}_{name}' for symbol in ('vaccel_plugin', 'vaccel_this_plugin')]
    archive = folder / f'lib{name}.a'
    run(['ar', 'rcs', archive, *compiled(folder, root, name, sources, own)])
    return archive


def parts(words):
    for is_end, part in itertools.groupby(words, lambda word: word == '--'):
        if not is_end:
            yield list(part)


def main():
    root, folder, broker, plugins, *words = sys.argv[1:]
    library = build('musl', root, folder) / 'guest' / 'posix' / 'libvaccel.a'
    cases, *linked = parts(words)
    with tempfile.TemporaryDirectory() as name:
        place = pathlib.Path(name)
        program = place / 'conformance'
        objects = compiled(place, root, 'case', cases)
        archives = [plugin(place, root, *part) for part in linked]
        # The fallbacks are weak, so that they would not be looked for.
        run([need('musl'), '-static', *objects, *archives, '-Wl,-u,dispatch_fallbacks', library,
             '-lpthread', '-o', program])
        listen = [pair for pair in addresses(place) if pair[1].startswith(('unix://', 'tcp://127.'))]
        with agent(broker, plugins, ['--allow-exec'], listen, name):
            done = subprocess.run([program], env={**os.environ, 'VACCEL_RPC_ADDRESS': listen[-1][1]})
    return done.returncode


if __name__ == '__main__':
    sys.exit(main())
