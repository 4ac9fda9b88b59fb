# SPDX-License-Identifier: Apache-2.0
"""Every C and C++ file of the tree is part of the build or of a check: none is forgotten."""
import pathlib
import sys

ROOMS = ['src', 'transport', 'agent', 'plugins', 'examples', 'tests', 'bench', 'fuzz', 'guest']


def mentioned(root, source):
    """A build file in its folder or above names it."""
    name = source.name
    for folder in source.parents:
        build = folder / 'meson.build'
        if build.is_file():
            text = build.read_text()
            relative = source.relative_to(folder).as_posix()
            if f"'{relative}'" in text or f"'{name}'" in text or f"'{source.stem}'" in text:
                return True
        if folder == root:
            return False
    return False


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    sources = [f for room in ROOMS for f in sorted((root / room).rglob('*'))
               if f.suffix in ('.c', '.cpp')]
    forgotten = [f for f in sources if not mentioned(root, f)]
    for source in forgotten:
        print(f'{source.relative_to(root)} is in no meson.build: list it beside its neighbours')
    return 1 if forgotten or not sources else 0


if __name__ == '__main__':
    sys.exit(main())
