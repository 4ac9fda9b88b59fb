# SPDX-License-Identifier: Apache-2.0
"""The library exports the functions that the public headers declare, and nothing else.

But for what the map lists by name, for this tree's transports and agent.
"""
import pathlib
import re
import sys

from headers import declared_functions, exported_symbols


def listed(root):
    """Names in the map behind the public ones, each of which must be there."""
    text = (root / 'src/libvaccel.map').read_text().split('no header of include/')[1]
    return set(re.findall(r'^ +(\w+);', text, re.MULTILINE))


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    declared = declared_functions(root) | listed(root)
    exported = exported_symbols(sys.argv[2])
    for name in sorted(declared - exported):
        print(f'{name} is declared in include/ but not exported')
    for name in sorted(exported - declared):
        print(f'{name} is exported but no public header declares it')
    print(f'{len(declared)} declared, {len(exported)} exported')
    return 0 if declared and declared == exported else 1


if __name__ == '__main__':
    sys.exit(main())
