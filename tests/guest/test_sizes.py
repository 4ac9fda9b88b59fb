# SPDX-License-Identifier: Apache-2.0
"""Images are small: the whole, and what the library adds to one.

test_sizes.py CLASSIFY SGEMM
"""
import pathlib
import sys

import sizes

IMAGE_MOST = 128 * 1024
LIBRARY_MOST = 48 * 1024


def main():
    classify, sgemm = sys.argv[1:]
    image = pathlib.Path(classify).stat().st_size
    libraries = {path: sizes.sizes(path)['library'] for path in (classify, sgemm)}
    print(f'{classify}: {image} bytes of {IMAGE_MOST}')
    for path, size in libraries.items():
        print(f'{path}: the library has {size} bytes of {LIBRARY_MOST}')
    return 0 if image <= IMAGE_MOST and 0 < max(libraries.values()) <= LIBRARY_MOST else 1


if __name__ == '__main__':
    sys.exit(main())
