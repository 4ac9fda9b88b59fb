# SPDX-License-Identifier: Apache-2.0
"""Every C and C++ file of the tree is part of the build or of a check: none is forgotten."""
import pathlib
import sys

ROOMS = ['src', 'transport', 'agent', 'plugins', 'examples', 'tests', 'bench', 'fuzz', 'guest']


def names_of(source, folder):
    """How a build file may call it: test_format.c is also 'format' in a list of tests."""
    words = source.stem.split('_')
    return {source.relative_to(folder).as_posix(),
            *('_'.join(words[first:]) for first in range(len(words)))}


def mentioned(root, source):
    """A build file in its folder or above names it."""
    unikraft = source.parent / 'Makefile.uk'
    if unikraft.is_file() and f'/{source.name}|' in unikraft.read_text():
        return True
    for folder in source.parents:
        build = folder / 'meson.build'
        if build.is_file():
            text = build.read_text()
            if any(f"'{name}'" in text for name in names_of(source, folder)):
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
        print(f'{source.relative_to(root)} is in no build file: list it beside its neighbours')
    return 1 if forgotten or not sources else 0


if __name__ == '__main__':
    sys.exit(main())
