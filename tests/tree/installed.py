# SPDX-License-Identifier: Apache-2.0
"""Applications build and run with nothing but what `install` leaves and pkg-config says."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from headers import compiler, own_headers

STRICT = ['-Wall', '-Wextra', '-Wpedantic', '-Werror']


class Installation:
    def __init__(self, build, folder):
        self.folder = folder
        subprocess.run(['meson', 'install', '-C', build, '--no-rebuild', '--quiet',
                        '--destdir', folder], check=True, stdout=subprocess.DEVNULL)
        module = next(pathlib.Path(folder).rglob('vaccel.pc'))
        text = module.read_text()
        self.prefix = folder + re.search(r'^prefix=(.*)', text, re.MULTILINE).group(1)
        self.environment = {**os.environ, 'PKG_CONFIG_PATH': str(module.parent)}

    def config(self, *questions):
        return subprocess.run(['pkg-config', f'--define-variable=prefix={self.prefix}', *questions,
                               'vaccel'], env=self.environment, text=True, check=True,
                              stdout=subprocess.PIPE).stdout.split()


def run(*command, **options):
    return subprocess.run(command, **options).returncode == 0


def builds_and_runs(installed, command, source):
    """The program is linked with what pkg-config says and finds a bundled plugin by name."""
    program = f'{installed.folder}/app'
    if not run(*command, *STRICT, *installed.config('--cflags'), source, '-o', program,
               *installed.config('--libs')):
        return False
    libdir = installed.config('--variable=libdir')[0]
    return run(program, env={**os.environ, 'LD_LIBRARY_PATH': libdir, 'VACCEL_PLUGINS': 'noop'})


def headers_alone(installed, command, suffix):
    """Each public header compiles without another one before it."""
    includedir = pathlib.Path(installed.config('--variable=includedir')[0])
    wrong = 0
    for header in sorted(includedir.rglob('*.h')):
        name = header.relative_to(includedir)
        wrong += not run(*command, *STRICT, *installed.config('--cflags'), '-fsyntax-only', '-x',
                         suffix, '-', input=f'#include "{name}"\n#include "{name}"\n', text=True)
    return wrong == 0


def compiles_freestanding(installed, source):
    command = [*compiler(), '-std=c11', '-ffreestanding', '-nostdinc', *own_headers(compiler())]
    return (run(*command, *STRICT, *installed.config('--cflags'), '-c', source, '-o', '/dev/null')
            and headers_alone(installed, command, 'c'))


def has_one_version(installed, header):
    told = re.search(r'^#define VACCEL_VERSION "(.*)"', header.read_text(), re.MULTILINE).group(1)
    soname = pathlib.Path(installed.config('--variable=libdir')[0]) / f'libvaccel.so.{told}'
    return installed.config('--modversion') == [told] and soname.is_file()


def main():
    root, build, app = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3]
    c = [*compiler(), '-std=c11']
    cpp = ['c++', '-std=c++17', '-x', 'c++']
    with tempfile.TemporaryDirectory() as folder:
        installed = Installation(build, folder)
        cases = {
            'header, pkg-config and library agree on the version':
                lambda: has_one_version(installed, root / 'include/vaccel.h'),
            'a C11 application builds and runs': lambda: builds_and_runs(installed, c, app),
            'a C++17 application builds and runs': lambda: builds_and_runs(installed, cpp, app),
            'each header stands alone in C11': lambda: headers_alone(installed, c, 'c'),
            'each header stands alone in C++17': lambda: headers_alone(installed, cpp, 'c++'),
            'a freestanding application compiles': lambda: compiles_freestanding(installed, app),
        }
        print(f'1..{len(cases)}')
        failed = 0
        for number, (title, holds) in enumerate(cases.items(), 1):
            held = holds()
            failed += not held
            print(f'{"ok" if held else "not ok"} {number} - {title}', flush=True)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
