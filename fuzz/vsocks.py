# SPDX-License-Identifier: Apache-2.0
"""Write what the fuzzing of vsock.c begins with: guests that keep to the rules.

vsocks.py FOLDER
"""
import pathlib
import struct
import sys

WRITE, PACKET, BUFFER, INDEX, RECEIVE, SEND, SHUT, CLOSE = range(8)
RING, PLACE, BUFFERS = 0x200, 0x1000, 0x4000
CID, PORT = 5, 7
REQUEST, RST, SHUTDOWN, RW, CREDIT_UPDATE, CREDIT_REQUEST = 1, 3, 4, 5, 6, 7
NEXT, WRITABLE = 1, 2


def write(offset, data):
    return struct.pack('<BHB', WRITE, offset, len(data)) + data


def descriptor(ring, number, address, size, flags=0, following=0):
    return write(RING * ring + 16 * number, struct.pack('<QIHH', address, size, flags, following))


def packet(op, payload=b'', port=9, flags=0, promised=1 << 18, **lies):
    head = struct.pack('<QQIIIHHIII', lies.get('src', CID), lies.get('dst', 2), port, lies.get('to', PORT),
                       len(payload), 1, op, flags, promised, 0)
    return (write(PLACE, head) + (write(PLACE + 44, payload) if payload else b'')
            + descriptor(1, 0, PLACE, 44 + len(payload)) + struct.pack('<BH', PACKET, 0))


def buffer(number=0, size=512):
    return (descriptor(0, number, BUFFERS + 1024 * number, 44, NEXT | WRITABLE, number + 1)
            + descriptor(0, number + 1, BUFFERS + 1024 * number + 44, size, WRITABLE)
            + struct.pack('<BH', BUFFER, number))


def use(step, value, stream=0):
    return struct.pack('<BH', step + 8 * stream, value)


SEEDS = {
    'talk': [buffer(), packet(REQUEST), buffer(2), packet(RW, b'there' * 20), use(RECEIVE, 200), use(SEND, 100),
             buffer(4), packet(CREDIT_REQUEST), packet(SHUTDOWN, flags=3), use(RECEIVE, 1), use(CLOSE, 0)],
    'two': [buffer(), packet(REQUEST), buffer(2), packet(REQUEST, port=10), packet(RW, b'a'), packet(RW, b'b', 10),
            use(RECEIVE, 64), use(SHUT, 2), packet(RST), use(CLOSE, 0), use(CLOSE, 0, 1), buffer(4)],
    'credit': [packet(REQUEST, promised=16), buffer(), buffer(2), use(SEND, 60), packet(CREDIT_UPDATE, promised=99),
               use(SEND, 61), use(SHUT, 1), packet(RST)],
    'strange': [packet(RW, b'x'), packet(REQUEST, src=6), packet(REQUEST, dst=3), packet(REQUEST, to=8),
                packet(9), buffer(), buffer(2)],
}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, steps in SEEDS.items():
        (folder / name).write_bytes(b'\0' + b''.join(steps))


if __name__ == '__main__':
    main()
