# SPDX-License-Identifier: Apache-2.0
"""clang-tidy has nothing to say about the library, the plugins and the examples."""
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOMS = ('src', 'transport', 'agent', 'plugins', 'examples', 'guest', 'fuzz')


def own_headers():
    """Of the compiler that clang-tidy is."""
    done = subprocess.run(['clang', '-print-resource-dir'], text=True, stdout=subprocess.PIPE)
    return f'-idirafter{done.stdout.strip()}/include'


def is_unity(source, root):
    """Of sources that Meson has compiled as one; it lies in the build folder of their room."""
    return '-unity' in source.name and any(part in ROOMS for part in source.relative_to(root).parts)


def commands_of(root, build):
    """How each file is compiled; once, the first way, if it is part of several programs."""
    commands = json.loads((build / 'compile_commands.json').read_text())
    found = {(build / c['directory'] / c['file']).resolve(): c for c in reversed(commands)}
    headers = own_headers()
    for command in found.values():
        command['command'] = re.sub(r'-idirafter\S+', headers, command['command'])
    return {f: c for f, c in sorted(found.items()) if f.is_relative_to(root)
            and (f.relative_to(root).parts[0] in ROOMS or is_unity(f, root))
            and not f.name.startswith('test_') and f.suffix != '.S'}


def check(root, database, source):
    # What one source includes of others is theirs to answer for, but for those that are in no other.
    included = [f'--header-filter={root}/.*[.]c(pp)?$',
                '--checks=-bugprone-suspicious-include'] if is_unity(source, root) else []
    done = subprocess.run(['clang-tidy', '--quiet', '-p', database, *included, str(source)], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return source, done.returncode, done.stdout


def main():
    if not shutil.which('clang-tidy') or not shutil.which('clang'):
        print('clang and clang-tidy are not both installed')
        return 77
    root, build = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    found = commands_of(root, build)
    wrong = 0
    with tempfile.TemporaryDirectory() as database, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        pathlib.Path(database, 'compile_commands.json').write_text(json.dumps([*found.values()]))
        for source, status, said in pool.map(lambda f: check(root, database, f), found):
            if status:
                wrong += 1
                print(f'{source.relative_to(root)}:\n{said}')
    print(f'{len(found)} files, {wrong} with faults')
    return 1 if wrong or not found else 0


if __name__ == '__main__':
    sys.exit(main())
