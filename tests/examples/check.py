# SPDX-License-Identifier: Apache-2.0
"""Run a program: its exit code and what it says must be as told.

check.py EXIT-CODE PATTERN PROGRAM [ARGUMENT...]
"""
import re
import subprocess
import sys


def main():
    code, pattern, *command = sys.argv[1:]
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(done.stdout)
    if done.returncode != int(code):
        print(f'exit code {done.returncode}, not {code}')
        return 1
    if not re.search(pattern, done.stdout, re.MULTILINE | re.DOTALL):
        print(f'nothing in it matches "{pattern}"')
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
