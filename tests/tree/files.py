# SPDX-License-Identifier: Apache-2.0
"""Every source file begins with its licence, stays short, and promises nothing for later."""
import pathlib
import re
import sys

LICENCE = 'SPDX-License-Identifier: Apache-2.0'
LONGEST = 599
SUFFIXES = {'.c', '.h', '.cpp', '.hpp', '.py', '.sh', '.map', '.ld', '.S'}
ELSEWHERE = {'build', '.git', 'shared'}
LATER = re.compile(r'\b(TO' r'DO|FIX' r'ME|XX' r'X)\b')


def sources(root):
    for path in sorted(root.rglob('*')):
        if path.relative_to(root).parts[0] in ELSEWHERE or not path.is_file():
            continue
        if path.suffix in SUFFIXES or path.name in ('meson.build', 'Makefile'):
            yield path


def faults(path):
    lines = path.read_text().splitlines()
    if not any(LICENCE in line for line in lines[:2]):
        yield f'the first line is not "{LICENCE}"'
    if len(lines) > LONGEST:
        yield f'{len(lines)} lines: split it, at most {LONGEST}'
    for number, line in enumerate(lines, 1):
        if LATER.search(line):
            yield f'line {number} promises something for later'


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    wrong = [f'{path.relative_to(root)}: {fault}' for path in sources(root) for fault in faults(path)]
    print('\n'.join(wrong))
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
