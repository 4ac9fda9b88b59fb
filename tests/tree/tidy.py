# SPDX-License-Identifier: Apache-2.0
"""clang-tidy has nothing to say about the library, the plugins and the examples."""
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys

ROOMS = ('src', 'transport', 'agent', 'plugins', 'examples', 'guest', 'fuzz')


def sources(root, build):
    commands = json.loads((build / 'compile_commands.json').read_text())
    found = {(build / c['directory'] / c['file']).resolve() for c in commands}
    return sorted(f for f in found if f.is_relative_to(root)
                  and f.relative_to(root).parts[0] in ROOMS and not f.name.startswith('test_'))


def check(build, source):
    done = subprocess.run(['clang-tidy', '--quiet', '-p', str(build), str(source)], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return source, done.returncode, done.stdout


def main():
    if not shutil.which('clang-tidy'):
        print('clang-tidy is not installed')
        return 77
    root, build = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    found = sources(root, build)
    wrong = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for source, status, said in pool.map(lambda f: check(build, f), found):
            if status:
                wrong += 1
                print(f'{source.relative_to(root)}:\n{said}')
    print(f'{len(found)} files, {wrong} with faults')
    return 1 if wrong or not found else 0


if __name__ == '__main__':
    sys.exit(main())
