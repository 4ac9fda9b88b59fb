# SPDX-License-Identifier: Apache-2.0
"""What a text shows is true: its files are written, its commands run, their output compared.

A fenced block whose info string names a file is that file. One that says "console run" holds
commands, each after "$ ", and what they print; a line "..." stands for any lines. They are run in a folder of
their own, which has the tree's models/ and build/.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from installed import Installation

BLOCK = re.compile(r'^```(\w+) ([\w.]+)\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def commands(block):
    """Each command with the lines that it is said to print."""
    for part in re.split(r'^\$ ', block, flags=re.MULTILINE)[1:]:
        lines = part.replace('\\\n', '').splitlines()
        yield lines[0], lines[1:]


def agrees(said, printed):
    pattern = ''.join('(.*\n)*' if line == '...' else re.escape(line) + '\n' for line in said)
    return re.fullmatch(pattern, printed) is not None


def prints_what_it_says(block, folder, environment):
    for command, said in commands(block):
        done = subprocess.run(['sh', '-c', command], cwd=folder, env=environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode or not agrees(said, done.stdout):
            print(f'# $ {command}\n# exit status {done.returncode}, it prints:')
            print(''.join(f'#   {line}\n' for line in done.stdout.splitlines()), end='')
            return False
    return True


def missing_plugin(block, libdir):
    """One that the commands load by its short name and that was not built here."""
    for name in re.findall(r'VACCEL_PLUGINS=(\w+) ', block):
        if not (libdir / f'libvaccel-{name}.so').exists():
            return name
    return None


def same_as_the_example(root, name, text):
    example = root / 'examples' / name
    if not example.exists() or example.read_text() == text:
        return True
    print(f'# {name} is not the same as {example}')
    return False


class Environment:
    """A shell in which the library is installed."""
    def __init__(self, build, folder):
        installed = Installation(build, folder)
        module = next(pathlib.Path(folder).rglob('vaccel.pc'))
        module.write_text(re.sub(r'^prefix=.*', f'prefix={installed.prefix}', module.read_text(),
                                 flags=re.MULTILINE))
        self.libdir = pathlib.Path(installed.config('--variable=libdir')[0])
        self.variables = {**os.environ, 'PKG_CONFIG_PATH': str(module.parent),
                          'LD_LIBRARY_PATH': str(self.libdir)}


def block_holds(root, folder, environment, word, text):
    """True, False, or None: it could not be tried."""
    if word != 'run':
        (pathlib.Path(folder) / word).write_text(text)
        return same_as_the_example(root, word, text)
    missing = missing_plugin(text, environment.libdir)
    if missing:
        print(f'the plugin {missing} was not built')
        return None
    return prints_what_it_says(text, folder, environment.variables)


def check(root, build, document, environment):
    """Each block's title and whether it holds."""
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / 'models').symlink_to(root / 'models')
        (pathlib.Path(folder) / 'build').symlink_to(build)
        for _, word, text in BLOCK.findall(document.read_text()):
            what = word if word != 'run' else '$ ' + next(commands(text))[0].split(' $(')[0]
            yield (f'{document.relative_to(root)}: {what}',
                   block_holds(root, folder, environment, word, text))


def main():
    root, build = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    number = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        environment = Environment(build, folder)
        for name in sys.argv[3:]:
            for title, held in check(root, build, root / name, environment):
                number += 1
                failed += held is False
                verdict = {True: 'ok', False: 'not ok', None: 'ok'}[held]
                print(f'{verdict} {number} {"# SKIP" if held is None else "-"} {title}', flush=True)
    print(f'1..{number}')
    return 1 if failed or not number else 0


if __name__ == '__main__':
    sys.exit(main())
