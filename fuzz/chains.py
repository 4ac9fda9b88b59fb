# SPDX-License-Identifier: Apache-2.0
"""Write what the fuzzing of chain.c begins with: drivers that keep to the protocol.

chains.py FOLDER
"""
import pathlib
import struct
import sys

MAGIC = 0x4c434156
REQUEST, ANSWER, DATA, TABLE = 0x1000, 0x2000, 0x7fc0, 0x3000
ANSWER_SIZE = 0x200
NEXT, WRITE, INDIRECT = 1, 2, 4
MORE = 1
HELLO, PART, PING, SESSION, CALL, FETCH = 1, 3, 6, 16, 48, 49
SGEMM = 17
INT64, FLOAT, FLOATS = 7, 17, 18
SENT, RETURNED = 1, 2
SESSION_ID = (1 << 32) + 1


def write(offset, data):
    steps = [data[i:i + 255] for i in range(0, len(data), 255)]
    return b''.join(struct.pack('<BHB', 0, offset + 255 * i, len(part)) + part
                    for i, part in enumerate(steps))


def post(head):
    return struct.pack('<BH', 1, head)


def descriptor(address, size, flags=0, following=0):
    return struct.pack('<QIHH', address, size, flags, following)


def message(kind, number, body=b'', flags=0):
    body += bytes(-len(body) % 8)
    return (struct.pack('<IIII', MAGIC, flags, ANSWER_SIZE, 0)
            + struct.pack('<IHHQQII', len(body), kind, 0, number, 0, 0, 0) + body)


def chain(request, readable=(), writable=()):
    """A request with more to read and to write, each (address, size), as a chain from descriptor 0 on."""
    pieces = [(REQUEST, len(request), 0)]
    pieces += [(address, size, 0) for address, size in readable]
    pieces += [(ANSWER, ANSWER_SIZE, WRITE)]
    pieces += [(address, size, WRITE) for address, size in writable]
    last = len(pieces) - 1
    table = b''.join(descriptor(address, size, flags | (NEXT if i < last else 0), (i + 1) if i < last else 0)
                     for i, (address, size, flags) in enumerate(pieces))
    return write(REQUEST, request) + write(0, table) + post(0)


def begin():
    return (chain(message(HELLO, 1, struct.pack('<IHH', MAGIC, 1, 1)))
            + chain(message(SESSION, 2, struct.pack('<II', 0, 0))))


def noop(number):
    return message(CALL, number, struct.pack('<QQiIII', SESSION_ID, 0, 0, 0, 0, 0))


def sgemm(number, flags=0):
    """Of 1 x 1: A, B and C have 4 bytes."""
    arguments = [(INT64, 8)] * 3 + [(FLOAT, 4), (FLOATS, 4), (INT64, 8), (FLOATS, 4), (INT64, 8),
                                    (FLOAT, 4), (INT64, 8)]
    body = struct.pack('<QQiIII', SESSION_ID, 0, SGEMM, len(arguments), 1, 0)
    body += b''.join(struct.pack('<HHIQ', kind, SENT, 0, size) for kind, size in arguments)
    body += struct.pack('<HHIQ', FLOATS, RETURNED, 0, 4)
    payload = struct.pack('<qqqffqfqfq', 1, 1, 1, 1, 2, 1, 3, 1, 0, 1)
    return message(CALL, number, body, flags), payload


def indirect():
    request = noop(3)
    table = descriptor(REQUEST, len(request), NEXT, 1) + descriptor(ANSWER, ANSWER_SIZE, WRITE)
    return (write(REQUEST, request) + write(TABLE, table)
            + write(0, descriptor(TABLE, len(table), INDIRECT)) + post(0))


def corpus():
    request, payload = sgemm(3)
    first, _ = sgemm(4, MORE)
    size = len(payload)
    yield 'noop', 0, begin() + chain(noop(3)) + chain(message(PING, 4))
    yield 'indirect', 1, begin() + indirect()
    yield 'sgemm', 0, (begin() + write(DATA, payload)
                       + chain(request, [(DATA, size)], [(0x9000, 4)]))
    yield 'parts', 0, (begin() + write(DATA, payload) + chain(first, [(DATA, 20)])
                       + chain(message(PART, 4), [(DATA + 20, size - 20)])
                       + chain(message(PART, 4), [], [(0x9000, 4)]))
    yield 'disk', 0, write(0, descriptor(REQUEST, 16, NEXT, 1) + descriptor(ANSWER, 21, WRITE)) + write(
        REQUEST, struct.pack('<IIQ', 8, 0, 0)) + post(0)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, features, steps in corpus():
        (folder / name).write_bytes(bytes([features]) + steps)


if __name__ == '__main__':
    main()
