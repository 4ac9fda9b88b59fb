# SPDX-License-Identifier: Apache-2.0
"""Print where this Python's torch package has libtorch, if it does: its folder, the C++ ABI (0 or 1) as
_GLIBCXX_USE_CXX11_ABI, and "cuda" or "cpu". The package is not imported: that takes seconds."""
import importlib.util
import pathlib
import sys


def main():
    package = importlib.util.find_spec('torch')
    if not package or not package.submodule_search_locations:
        return 1
    root = pathlib.Path(package.submodule_search_locations[0])
    # Debian's has its headers and libraries elsewhere.
    if not (root / 'include/torch/script.h').is_file():
        return 1
    print(root)
    print(int(b'__cxx1112basic_string' in (root / 'lib/libc10.so').read_bytes()))
    print('cuda' if (root / 'lib/libtorch_cuda.so').is_file() else 'cpu')
    return 0


if __name__ == '__main__':
    sys.exit(main())
