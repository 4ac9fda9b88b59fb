# SPDX-License-Identifier: Apache-2.0
"""What a guest links needs no C library: only the four functions that a compiler calls itself.

And what its platform gives: the functions of platform.h, and the devices. Files behind --libc also see the
headers of guest/libc, of which they need errno.

freestanding.py ROOT FILE... --libc FILE...
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from headers import compiler, own_headers

ALLOWED = {'memcpy', 'memmove', 'memset', 'memcmp', 'virtio_port_find', 'virtio_vsock_find'}
LIBC = {'errno', 'strerror'}
FLAGS = ['-std=c11', '-ffreestanding', '-nostdinc', '-Wall', '-Wextra', '-Werror', '-O2',
         '-Wno-missing-field-initializers', '-Wno-deprecated-declarations', '-fno-pic',
         '-fno-stack-protector', '-c']


def compile_all(command, root, sources, folder):
    """The objects, or None after the compiler said what is wrong."""
    objects, headers = [], []
    for number, source in enumerate(sources):
        if source == '--libc':
            headers = [f'-isystem{root}/guest/libc/include']
            continue
        target = f'{folder}/{number}.o'
        done = subprocess.run([*command, *FLAGS, *headers, *own_headers(command), f'-I{root}/include',
                               f'-I{root}/src', f'-I{root}/transport', source, '-o', target])
        if done.returncode:
            return None
        objects.append(target)
    return objects


def symbols(objects, which):
    listing = subprocess.run(['nm', which, *objects], text=True, check=True,
                             stdout=subprocess.PIPE).stdout
    return {line.split()[-1] for line in listing.splitlines() if line and not line.endswith(':')}


def platform_names(root):
    """All that platform.h declares."""
    text = (root / 'src/platform/platform.h').read_text()
    return set(re.findall(r'\b(platform_\w+)\b', text))


def check(name, command, root, sources):
    with tempfile.TemporaryDirectory() as folder:
        objects = compile_all(command, root, sources, folder)
        if objects is None:
            print(f'{name}: does not compile without a C library')
            return False
        wanted = symbols(objects, '--undefined-only') - symbols(objects, '--defined-only')
        excess = wanted - ALLOWED - LIBC - platform_names(root)
        for symbol in sorted(excess):
            print(f'{name}: {symbol} is called, which a guest does not have')
        print(f'{name}: {len(objects)} files need {", ".join(sorted(wanted))}')
        return not excess


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    commands = {'here': compiler()}
    if shutil.which('clang'):
        commands['aarch64'] = ['clang', '--target=aarch64-none-elf']
        commands['riscv64'] = ['clang', '--target=riscv64-none-elf', '-march=rv64gc', '-mabi=lp64d']
    return 0 if all([check(name, command, root, sys.argv[2:])
                     for name, command in commands.items()]) else 1


if __name__ == '__main__':
    sys.exit(main())
