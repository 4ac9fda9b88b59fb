# SPDX-License-Identifier: Apache-2.0
"""The library of guest/unikraft is made of the files that every guest's is, and exports what the headers declare.

unikraft.py ROOT GUEST... -- HOSTED... -- EXAMPLES... -- SUITE...

What examples share, and the conformance suite, are in the images that guest/unikraft/app makes.
"""
import pathlib
import re
import sys

from headers import declared_functions

LIBRARY = 'guest/unikraft'
APPLICATION = 'guest/unikraft/app/Makefile.uk'
SUITE = 'tests/guest/unikraft/Makefile.uk'


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


def names_all(root, makefile, sources):
    """A file's name stands there without its folder, and maybe without its extension."""
    text = re.sub(r'^#.*', '', (root / makefile).read_text(), flags=re.MULTILINE)
    names = re.findall(r'\b(\w+)\.c\b|(?<![\w/.-])(\w+)(?![\w/.-])', text)
    lacking = [source for source in sources if pathlib.Path(source).stem not in sum(names, ())]
    for source in lacking:
        print(f'{makefile} lacks {source}')
    return not lacking


def split(words):
    """The lists that -- stands between."""
    lists = [[]]
    for word in words:
        if word == '--':
            lists.append([])
        else:
            lists[-1].append(word)
    return lists


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    sources, hosted, examples, suite = split(sys.argv[2:])
    guest = [pathlib.Path(source).resolve().relative_to(root).as_posix() for source in sources]
    declared = declared_functions(root)
    exported = (root / LIBRARY / 'exportsyms.uk').read_text().split()
    right = compare('Makefile.uk', guest, built(root))
    right = compare('exportsyms.uk', declared - defined_in(declared, hosted), exported) and right
    right = names_all(root, APPLICATION, examples) and right
    right = names_all(root, SUITE, suite) and right
    print(f'{len(built(root))} sources, {len(exported)} symbols')
    return 0 if right else 1


if __name__ == '__main__':
    sys.exit(main())
