# SPDX-License-Identifier: Apache-2.0
"""The library of guest/unikraft is made of the files that every guest's is, and exports what the headers declare."""
import pathlib
import re
import sys

from headers import declared_functions

LIBRARY = 'guest/unikraft'


def built(root):
    """What Makefile.uk compiles, relative to the tree."""
    text = (root / LIBRARY / 'Makefile.uk').read_text()
    folders = {'ROOT': '', 'BASE': LIBRARY + '/'}
    return [folders[folder] + name for folder, name in
            re.findall(r'^LIBVACCEL_SRCS-\S+ \+= \$\(LIBVACCEL_(ROOT|BASE)\)/?([^|\s]+)', text, re.MULTILINE)]


def defined_in(names, sources):
    text = '\n'.join(pathlib.Path(source).read_text() for source in sources)
    return {name for name in names if re.search(rf'^\w[\w \t*]*\b{name}\(', text, re.MULTILINE)}


def compare(what, wanted, found):
    for name in sorted(set(wanted) - set(found)):
        print(f'{LIBRARY}/{what} lacks {name}')
    for name in sorted(set(found) - set(wanted)):
        print(f'{LIBRARY}/{what} has {name}, which does not belong there')
    if len(found) != len(set(found)):
        print(f'{LIBRARY}/{what} has something twice')
    return sorted(wanted) == sorted(found)


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    split = sys.argv.index('--')
    guest = [pathlib.Path(source).resolve().relative_to(root).as_posix() for source in sys.argv[2:split]]
    declared = declared_functions(root)
    exported = (root / LIBRARY / 'exportsyms.uk').read_text().split()
    right = compare('Makefile.uk', guest, built(root))
    right = compare('exportsyms.uk', declared - defined_in(declared, sys.argv[split + 1:]), exported) and right
    print(f'{len(built(root))} sources, {len(exported)} symbols')
    return 0 if right else 1


if __name__ == '__main__':
    sys.exit(main())
