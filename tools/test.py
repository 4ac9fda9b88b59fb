# SPDX-License-Identifier: Apache-2.0
"""Build all variants, run the tests of each, and add up what they said.

A cmocka program counts as many cases as it has; every other test is one.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TESTED = ['-Dtests=enabled']
SANITIZED = ['-Db_sanitize=address,undefined']
# What these build is not of the frameworks' plugins, or not to be watched in frameworks that are not built so.
WITHOUT_FRAMEWORKS = [f'-D{name}=disabled' for name in ('opencv', 'openvino', 'tf', 'tflite', 'torch')]
# Many tests do little but wait.
MORE_THAN_CORES = ['--num-processes', str(os.cpu_count() * 3 // 2)]
FUZZED = SANITIZED + WITHOUT_FRAMEWORKS + ['-Dfuzz=true', '-Db_lundef=false', '-Dtests=disabled']

# Directory, what to set up, environment, which tests.
VARIANTS = [
    ('build', TESTED, {}, MORE_THAN_CORES),
    ('build/asan', TESTED + SANITIZED, {},
     ['--no-suite', 'tree', '--no-suite', 'models', '--timeout-multiplier', '3', *MORE_THAN_CORES]),
    ('build/tsan', TESTED + WITHOUT_FRAMEWORKS + ['-Db_sanitize=thread', '-Dblas=disabled'], {},
     ['--suite', 'threads', '--timeout-multiplier', '3']),
    ('build/fuzz', FUZZED, {'CC': 'clang', 'CXX': 'clang++'}, ['--suite', 'fuzz']),
]


class Tally:
    def __init__(self):
        self.passed = 0
        self.failed = []
        self.skipped = []


def prepare(directory, options, environment):
    """True if the variant could be set up, and the first one built."""
    # `make demo` may have made the first one before there was anything to test with.
    again = ['--reconfigure'] if (ROOT / directory / 'build.ninja').exists() else []
    steps = [['meson', 'setup', *again, directory, *options]]
    # All of it: it is installed, too. Of the others Meson builds what their tests need.
    if directory == 'build':
        steps.append(['ninja', '-C', directory])
    return all(subprocess.run(step, cwd=ROOT, env={**os.environ, **environment}).returncode == 0
               for step in steps)


def run(directory, arguments, tally):
    log = ROOT / directory / 'meson-logs' / 'testlog.json'
    log.unlink(missing_ok=True)
    subprocess.run(['meson', 'test', '-C', directory, '--print-errorlogs', *arguments], cwd=ROOT)
    if not log.exists():
        tally.failed.append(f'{directory}: does not build, or no test ran')
        return
    for line in log.read_text(errors='replace').splitlines():
        count(directory, json.loads(line), tally)


def count(directory, test, tally):
    """Add one program, which may hold many cases."""
    name = f'{directory}: {test["name"]}'
    output = test.get('stdout') or ''
    if re.search(r'^1\.\.[1-9]', output, re.MULTILINE):
        count_cases(name, output, test, tally)
    elif test['result'] == 'OK':
        tally.passed += 1
    elif test['result'] == 'SKIP':
        said = (output + (test.get('stderr') or '')).strip().splitlines()
        tally.skipped.append(f'{name}: {said[-1] if said else "no reason given"}')
    else:
        tally.failed.append(f'{name}: {test["result"]}')


def count_cases(name, output, test, tally):
    """Add the cases of a program that speaks TAP; those that never reported have failed."""
    planned = sum(int(n) for n in re.findall(r'^1\.\.(\d+)', output, re.MULTILINE))
    failed = len(tally.failed)
    reported = 0
    before = ''
    for line in output.splitlines():
        case = re.match(r'(not )?ok \d+ (- |# SKIP )(.*)', line)
        if not case:
            before = line
            continue
        reported += 1
        refused, kind, title = case.groups()
        if kind.startswith('# SKIP'):
            tally.skipped.append(f'{name}: {title}: {before or "no reason given"}')
        elif refused:
            tally.failed.append(f'{name}: {title}')
        else:
            tally.passed += 1
        before = ''
    for number in range(reported, planned):
        tally.failed.append(f'{name}: case {number + 1} of {planned} never reported '
                            f'({test["result"]}, exit status {test["returncode"]})')
    if failed == len(tally.failed) and test['result'] not in ('OK', 'SKIP'):
        tally.failed.append(f'{name}: {test["result"]}, exit status {test["returncode"]}')


def report(tally):
    for title, lines in (('Skipped', tally.skipped), ('Failed', tally.failed)):
        if lines:
            print(f'\n{title}:')
            for line in lines:
                print(f'  {line}')
    ran = tally.passed + len(tally.failed)
    print(f'\n{tally.passed} passed, {len(tally.failed)} failed, {len(tally.skipped)} skipped')
    return 0 if ran and not tally.failed else 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--fuzz', metavar='SECONDS', help='only fuzz, for so long')
    options = parser.parse_args()
    variants = VARIANTS
    if options.fuzz:
        os.environ['FUZZ_SECONDS'] = options.fuzz
        variants = [v[:3] + ([*v[3], '--timeout-multiplier', '0'],) for v in VARIANTS if 'fuzz' in v[0]]
    tally = Tally()
    for directory, setup, environment, arguments in variants:
        began = time.monotonic()
        if prepare(directory, setup, environment):
            run(directory, arguments, tally)
        else:
            tally.failed.append(f'{directory}: cannot be set up, or does not build')
        print(f'{directory}: {time.monotonic() - began:.0f} s', flush=True)
    return report(tally)


if __name__ == '__main__':
    sys.exit(main())
