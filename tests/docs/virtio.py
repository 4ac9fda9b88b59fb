# SPDX-License-Identifier: Apache-2.0
"""docs/virtio-accel.md has the numbers and the layouts of src/virtio/, and its example is made of them."""
import pathlib
import re
import sys

import protocol

HEAD_SIZE = 16  # of accel_head, before the message
MESSAGE_HEADER = 32


def bits_in(text):
    """Numbers that the text names beside what it says of them: `VIRTIO_F_RING_EVENT_IDX` (29)."""
    return {name: int(bit) for name, bit in re.findall(r'`(VIRTIO_F_\w+)` \((\d+)\)', text)}


def faults_of_example(example, layouts):
    for who, names, lines in example:
        before = MESSAGE_HEADER + (HEAD_SIZE if who == 'driver' else 0)
        yield from protocol.faults_of_message(names, lines, layouts, before)
        if (names[0] == 'accel_head') != (who == 'driver'):
            yield f'{names} of the {who}: only the driver sends an accel_head'


def main():
    root = pathlib.Path(sys.argv[1])
    text = (root / 'docs' / 'virtio-accel.md').read_text()
    header = (root / 'src' / 'virtio' / 'accel.h').read_text()
    real_bits = protocol.constants((root / 'src' / 'virtio' / 'virtio.h').read_text())
    wire_numbers = protocol.numbers_of(root)
    numbers, layouts = protocol.constants(header), protocol.structs(header, {})
    example, bits = list(protocol.example_of(text)), bits_in(text)
    wrong = [*protocol.differences('number', protocol.told_numbers(text, 'ACCEL'), numbers),
             *protocol.differences('struct', protocol.told_structs(text), layouts),
             *protocol.differences('bit', bits, {name: real_bits.get(name) for name in bits}),
             *faults_of_example(example, {**protocol.structs_of(root, wire_numbers), **layouts})]
    if f'`WIRE_MAGIC` ({wire_numbers["WIRE_MAGIC"]:#x}' not in text:
        wrong.append('the magic is another one')
    print(*wrong, sep='\n')
    print(f'{len(numbers)} numbers, {len(layouts)} structs, {len(bits)} bits, {len(example)} messages '
          'compared')
    return 1 if wrong or not example or not bits or len(layouts) != 2 else 0


if __name__ == '__main__':
    sys.exit(main())
