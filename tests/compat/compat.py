# SPDX-License-Identifier: Apache-2.0
"""Applications and plugins as written for vAccel 0.8 build against the installed library, and work.

The installed library is found by pkg-config alone. The warnings are those that careful projects
turn on; that something is deprecated is no error.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

from headers import compiler
from installed import Installation

WARNINGS = ['-Wall', '-Wextra', '-Werror', '-Wno-deprecated-declarations']
C = ['-std=c11', '-D_GNU_SOURCE']
# Names that applications define, and the library has in its enumerations.
DEFINED = ['-DDEBUG', '-D_DEBUG', '-DBOOL=1']
APPLICATION = ['application.c', 'argument_lists.c', 'arguments.c', 'enumerations.c', 'models.c',
               'numbers.c', 'operations.c', 'prototypes.c', 'resources.c', 'sessions.c',
               'structures.c']


class Workshop:
    """Builds what lies in one folder and puts it into another one."""
    def __init__(self, sources, installed):
        self.sources = pathlib.Path(sources)
        self.installed = installed
        self.folder = pathlib.Path(installed.folder)
        self.libdir = installed.config('--variable=libdir')[0]

    def build(self, name, command, options, *sources):
        """What the compiler says; None if it fails."""
        done = subprocess.run([*command, *options, *self.installed.config('--cflags'),
                               *(str(self.sources / source) for source in sources),
                               '-o', str(self.folder / name), *self.installed.config('--libs')],
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            print(done.stdout)
        return None if done.returncode else done.stdout

    def plugin(self, name, options, source):
        return self.build(name, compiler(), ['-shared', '-fPIC', *C, *options], source)

    def run(self, name, plugins):
        """Whether the program succeeds; what it prints."""
        done = subprocess.run([str(self.folder / name)], cwd=self.folder, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env={**os.environ, 'LD_LIBRARY_PATH': self.libdir,
                                   'VACCEL_PLUGINS': ':'.join(plugins)})
        if done.returncode:
            print(done.stdout, done.stderr)
        return done.returncode == 0, done.stdout


def application_works(workshop):
    headers = workshop.installed.config('--variable=includedir')[0] + '/vaccel'
    options = [*C, *WARNINGS, *DEFINED, f'-I{headers}']
    if workshop.build('application', compiler(), options, *APPLICATION) is None:
        return False
    works, printed = workshop.run('application', ['libvaccel-noop.so'])
    print(f'# {printed.strip()}')
    return works


def application_in_cpp_works(workshop):
    options = ['-std=c++17', *WARNINGS]
    return (workshop.build('application-cpp', ['c++'], options, 'application.cpp') is not None
            and workshop.run('application-cpp', ['noop'])[0])


def prototypes_hold_in_cpp(workshop):
    options = ['-std=c++17', *WARNINGS, '-shared', '-fPIC', '-Wl,--no-undefined', '-x', 'c++']
    return workshop.build('prototypes.so', ['c++'], options, 'prototypes.c') is not None


def module_warns(workshop):
    said = workshop.plugin('module.so', ['-Wall', '-Wextra', WARNINGS[-1]], 'module.c')
    return said is not None and 'VACCEL_MODULE' in said and said.count('warning:') == 1


def plugins_work(workshop, semicolon):
    """In the order in which they are loaded: module, plugin, transport."""
    if (workshop.plugin('plugin.so', [*WARNINGS, f'-DEND={semicolon}'], 'plugin.c') is None
            or workshop.plugin('transport.so', WARNINGS, 'transport.c') is None
            or workshop.build('with_plugins', compiler(), [*C, *WARNINGS], 'with_plugins.c') is None):
        return False
    works, printed = workshop.run('with_plugins',
                                  ['./module.so', f'{workshop.folder}/plugin.so', './transport.so'])
    return works and printed.endswith('plugin: fini\n')


def main():
    sources, build = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(sources, Installation(build, folder))
        cases = {
            'an application of vAccel 0.8 works': lambda: application_works(workshop),
            'an application in C++ works': lambda: application_in_cpp_works(workshop),
            'the prototypes hold in C++': lambda: prototypes_hold_in_cpp(workshop),
            'the old name of VACCEL_PLUGIN warns': lambda: module_warns(workshop),
            'plugins of vAccel 0.8 work': lambda: plugins_work(workshop, ''),
            'with a semicolon, too': lambda: plugins_work(workshop, ';'),
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
