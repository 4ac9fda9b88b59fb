# SPDX-License-Identifier: Apache-2.0
"""README.md says of each bundled plugin which operations it serves; the plugins say the same.

They do so by themselves: a transport, which needs another side, serves nothing.
"""
import os
import pathlib
import re
import subprocess
import sys

NO_AGENT = 'unix:///no/such/agent'


def told_by_the_text(text):
    """By plugin: the operations whose line has a cross in its column."""
    heading = re.search(r'^\| operation[^|]*\|(.*)\|$', text, re.MULTILINE)
    names = [name.strip(' `') for name in heading.group(1).split('|')]
    operations = {name: set() for name in names}
    for line in text[heading.end():].split('\n\n')[0].splitlines()[2:]:
        first, *cells = line.strip('|').split('|')
        for name, cell in zip(names, cells, strict=True):
            if cell.strip():
                operations[name].update(re.findall(r'`(\w+)`', first))
    return operations


def told_by_the_plugin(program, path):
    environment = {**os.environ, 'VACCEL_PLUGINS': path, 'VACCEL_RPC_ADDRESS': NO_AGENT,
                   'VACCEL_RPC_CONNECT_TIMEOUT': '1'}
    return set(subprocess.run([program], env=environment, text=True,
                              stdout=subprocess.PIPE).stdout.split())


def main():
    text = told_by_the_text((pathlib.Path(sys.argv[1]) / 'README.md').read_text())
    built = dict(argument.split('=', 1) for argument in sys.argv[3:])
    wrong = 0
    for name in sorted(built.keys() - text.keys()):
        wrong += 1
        print(f'README.md does not name the plugin {name}')
    for name in sorted(built.keys() & text.keys()):
        serves = told_by_the_plugin(sys.argv[2], built[name])
        for operation in sorted(serves ^ text[name]):
            wrong += 1
            print(f'{name}: {operation} is {"only served" if operation in serves else "only told"}')
    print(f'{len(built)} plugins compared')
    return 1 if wrong or not built else 0


if __name__ == '__main__':
    sys.exit(main())
