# SPDX-License-Identifier: Apache-2.0
"""clang-format would change nothing."""
import pathlib
import shutil
import subprocess
import sys

ROOMS = ['include', 'src', 'transport', 'agent', 'plugins', 'examples', 'tests', 'bench', 'fuzz',
         'guest']
SUFFIXES = {'.c', '.h', '.cpp', '.hpp'}


def main():
    if not shutil.which('clang-format'):
        print('clang-format is not installed')
        return 77
    root = pathlib.Path(sys.argv[1])
    sources = [str(f) for room in ROOMS for f in sorted((root / room).rglob('*'))
               if f.suffix in SUFFIXES]
    return subprocess.run(['clang-format', '--dry-run', '-Werror', *sources]).returncode


if __name__ == '__main__':
    sys.exit(main())
