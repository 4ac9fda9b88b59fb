# SPDX-License-Identifier: Apache-2.0
"""The library exports the functions that the public headers declare, and nothing else."""
import pathlib
import sys

from headers import declared_functions, exported_symbols


def main():
    declared = declared_functions(pathlib.Path(sys.argv[1]).resolve())
    exported = exported_symbols(sys.argv[2])
    for name in sorted(declared - exported):
        print(f'{name} is declared in include/ but not exported')
    for name in sorted(exported - declared):
        print(f'{name} is exported but no public header declares it')
    print(f'{len(declared)} declared, {len(exported)} exported')
    return 0 if declared and declared == exported else 1


if __name__ == '__main__':
    sys.exit(main())
