# SPDX-License-Identifier: Apache-2.0
"""Of what an image is made, as its link map tells.

sizes.py IMAGE...
"""
import pathlib
import re
import sys

# By the archive that a section comes from; the rest is the program itself.
PARTS = {'libguest-vaccel.a': 'library', 'libguest-vaccel-': 'library', 'libguest-libc.a': 'C library',
         'libguest-machine.a': 'machine',
         'libvaccel.a': 'library', 'libc.a': 'C library'}
SECTION = re.compile(r'^ (\.[\w.$-]+|COMMON)\s+0x[0-9a-f]+\s+0x([0-9a-f]+)\s+(\S+)$', re.MULTILINE)
UNLOADED = ('.comment', '.debug', '.note.GNU')


def part_of(file):
    return next((part for archive, part in PARTS.items() if archive in file), 'program')


def sizes(image):
    """Bytes of each part in the image, and of the zeros that are not in it."""
    text = pathlib.Path(f'{image}.map').read_text(encoding='utf-8')
    text = text[text.index('Linker script and memory map'):]
    text = re.sub(r'^( \.\S+)\n +(0x)', r'\1 \2', text, flags=re.MULTILINE)
    found = {}
    for name, size, file in SECTION.findall(text):
        if name.startswith(UNLOADED):
            continue
        zeros = name.startswith('.bss') or name == 'COMMON'
        key = f'{part_of(file)}, zeros' if zeros else part_of(file)
        found[key] = found.get(key, 0) + int(size, 16)
    return found


def main():
    for image in sys.argv[1:]:
        print(f'{pathlib.Path(image).name}: {pathlib.Path(image).stat().st_size} bytes')
        for part, size in sorted(sizes(image).items()):
            print(f'  {part}: {size}')


if __name__ == '__main__':
    main()
