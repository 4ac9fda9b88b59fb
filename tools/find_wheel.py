#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Print the folder of an installed Python package: find_wheel.py NAME

It looks in the environment of wheels.sh, then where the python3 on the PATH does. If there is none it
prints nothing and fails. With --python it prints the interpreter that has the package.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys

# Nothing is imported, as that takes seconds with some frameworks.
LOOK = '''
import importlib.util, sys
spec = importlib.util.find_spec(sys.argv[1])
if spec is None or spec.origin is None or not spec.submodule_search_locations:
    sys.exit(1)
print(spec.submodule_search_locations[0])
'''


def interpreters():
    """Of the environment, the one on the PATH, the one that runs this, the one that has a system's packages."""
    script = pathlib.Path(__file__).resolve().parent / 'wheels.sh'
    folder = subprocess.run([script, '--where'], stdout=subprocess.PIPE, text=True, check=True).stdout
    candidates = [pathlib.Path(folder.strip()) / 'bin' / 'python3', shutil.which('python3'), sys.executable,
                  '/usr/bin/python3']
    return [str(python) for python in candidates if python and pathlib.Path(python).is_file()]


def find(name):
    """The first interpreter that has the package, and the package's folder; or None twice."""
    for python in interpreters():
        # Not from the folder at hand, where a package's name may be a folder's.
        found = subprocess.run([python, '-c', LOOK, name], cwd='/', stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
        if found.returncode == 0:
            return python, found.stdout.strip()
    return None, None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--python', action='store_true', help='print the interpreter instead')
    parser.add_argument('name')
    options = parser.parse_args()
    python, folder = find(options.name)
    if python is None:
        return 1
    print(python if options.python else folder)
    return 0


if __name__ == '__main__':
    sys.exit(main())
