# SPDX-License-Identifier: Apache-2.0
"""Run a program where there is no room: it must say so, and leave nothing behind.

full_disk.py PROGRAM [ARGUMENT...]

It runs in a file system of its own, which is full. Exit code 77 if none can be made here. A file that an
argument names is its user's, and may stay.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

INSIDE = '--inside'
SKIPPED = 77


def try_here(folder, command):
    """Needs a mount namespace of its own."""
    mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder])
    if mounted.returncode:
        print('a small file system cannot be mounted here')
        return SKIPPED
    command = [os.path.abspath(command[0]), *command[1:]]
    os.chdir(folder)
    with open('filler', 'wb', buffering=0) as filler:
        try:
            while filler.write(b'x' * 4096):
                pass
        except OSError:
            pass
    done = subprocess.run(command, env={**os.environ, 'XDG_RUNTIME_DIR': folder}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(done.stdout)
    left = [str(path) for path in pathlib.Path().rglob('*')
            if str(path) not in ('filler', 'vaccel', *command)]
    if left:
        print('left behind:', *left)
    return 0 if done.returncode == 1 and 'No space left on device' in done.stdout and not left else 1


def main():
    if sys.argv[1] == INSIDE:
        return try_here(sys.argv[2], sys.argv[3:])
    namespace = ['unshare', '--mount', '--map-root-user', '--propagation', 'private']
    try:
        possible = subprocess.run([*namespace, 'true']).returncode == 0
    except FileNotFoundError:
        possible = False
    if not possible:
        print('no mount namespace can be made here: it takes root, or unprivileged user namespaces')
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run([*namespace, sys.executable, __file__, INSIDE, folder,
                               *sys.argv[1:]]).returncode


if __name__ == '__main__':
    sys.exit(main())
