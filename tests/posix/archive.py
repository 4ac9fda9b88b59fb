# SPDX-License-Identifier: Apache-2.0
"""The archive for guests is C11 and POSIX: how it was compiled, and what it calls of the system.

archive.py KIND ROOT FOLDER

Tells how large a program is that was linked with it.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import sizes
from nested import COMPILERS, build, run

STRICT = {'-std=c11', '-D_POSIX_C_SOURCE=200809L', '-Wall', '-Wextra', '-Wpedantic', '-Werror'}
# A word that takes any of it back, or asks for more than POSIX.
LAX = re.compile(r'-Wno-(pedantic|error)|-D_(GNU|BSD|DEFAULT|XOPEN)_SOURCE|-std=gnu')
# What a compiler calls by itself.
COMPILERS_OWN = {'_GLOBAL_OFFSET_TABLE_', '__tls_get_addr'}


def laxly_compiled(folder):
    commands = json.loads((folder / 'compile_commands.json').read_text())
    own = [c for c in commands if '/libvaccel.a.p/' in c['output']]
    for command in own:
        words = command['command'].split()
        missing = STRICT - set(words)
        excess = [word for word in words if LAX.match(word)]
        if missing or excess:
            yield f'{command["file"]} is compiled without {missing} or with {excess}'
    if not own:
        yield 'nothing was compiled for libvaccel.a'


def symbols(archive, which):
    """By name, but for those that a program may leave out."""
    listing = subprocess.run(['nm', which, archive], text=True, check=True, stdout=subprocess.PIPE).stdout
    return {words[-1] for words in map(str.split, listing.splitlines())
            if len(words) > 1 and words[-2] not in ('w', 'v')}


def as_posix(name):
    """What a C library calls it for those who want files above 2 GiB, and errno."""
    return {'__errno_location': 'errno'}.get(name, re.sub(r'^(.*[a-z])64$', r'\1', name))


def promised(root):
    lines = pathlib.Path(root, 'guest/posix/symbols.txt').read_text(encoding='ascii').splitlines()
    return {line for line in lines if line and not line.startswith('#')}


def called(archive):
    wanted = symbols(archive, '--undefined-only') - symbols(archive, '--defined-only')
    return {as_posix(name) for name in wanted - COMPILERS_OWN}


def compared(root, archive):
    wanted, listed = called(archive), promised(root)
    for name in sorted(wanted - listed):
        yield f'libvaccel.a calls {name}, which guest/posix/symbols.txt does not have'
    for name in sorted(listed - wanted):
        yield f'guest/posix/symbols.txt has {name}, which libvaccel.a does not call'


def tell_size(kind, root, archive):
    with tempfile.TemporaryDirectory() as folder:
        program = f'{folder}/sgemm'
        run([COMPILERS[kind][0], '-static', '-s', '-O2', '-Wl,--gc-sections', f'-Wl,-Map,{program}.map',
             f'-I{root}/include', f'{root}/examples/sgemm.c', archive, '-lpthread', '-o', program])
        parts = sizes.sizes(program)
        print(f'sgemm, static and stripped: {pathlib.Path(program).stat().st_size} bytes; '
              f'of the library {parts["library"]}, and {parts["library, zeros"]} of zeros')


def scattered(archive):
    """Sections of single thread-local variables: linker scripts of some systems gather .tdata and .tbss alone."""
    command = ['readelf', '-SW', archive]
    listing = subprocess.run(command, text=True, check=True, stdout=subprocess.PIPE).stdout
    for section in sorted(set(re.findall(r'\s(\.t(?:data|bss)\.\S+)', listing))):
        yield f'libvaccel.a has a section {section}, which not every linker script knows'


def main():
    kind, root, folder = sys.argv[1:]
    folder = build(kind, root, folder)
    archive = folder / 'guest' / 'posix' / 'libvaccel.a'
    if kind == 'musl':
        tell_size(kind, root, archive)
    faults = [*laxly_compiled(folder), *compared(root, archive), *scattered(archive)]
    print(*faults, f'{len(faults)} faults', sep='\n')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
