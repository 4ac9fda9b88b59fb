# SPDX-License-Identifier: Apache-2.0
"""The networks of large.py give the same in every format whose framework is there."""
import pathlib
import sys
import tempfile

SKIPPED = 77
TOLERANCE = 1e-4

try:
    import numpy
except ModuleNotFoundError:
    print('this Python has no numpy: install python3-numpy')
    sys.exit(SKIPPED)

import frameworks  # noqa: E402
import large  # noqa: E402
from networks import NETWORKS  # noqa: E402


def outputs_in(format):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        large.write(folder, large.LARGE, [format])
        return {f'{network}: {output}': numpy.fromfile(folder / f'{network}-{output}.f32', '<f4')
                for network in large.LARGE for output in NETWORKS[network].outputs}


def main():
    formats = [format for format in large.FORMATS if frameworks.is_there(format)]
    if len(formats) < 2:
        print('there are not two frameworks to compare')
        return SKIPPED
    first = outputs_in(formats[0])
    for format in formats[1:]:
        for name, values in outputs_in(format).items():
            apart = abs(values - first[name]).max()
            print(f'{name}: {format} differs from {formats[0]} by {apart:.1e}')
            if not apart <= TOLERANCE:
                sys.exit(f'at most {TOLERANCE} is allowed')
    return 0


if __name__ == '__main__':
    sys.exit(main())
