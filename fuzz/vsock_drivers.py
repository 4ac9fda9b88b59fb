# SPDX-License-Identifier: Apache-2.0
"""Write what the fuzzing of vsock_driver.c begins with: devices that keep to the rules, and some that do not.

vsock_drivers.py FOLDER
"""
import pathlib
import struct
import sys

PACKET, BYTES, INDEX, TAKE, CREDIT, RECEIVE, SEND, SHUT, WAIT = range(9)
RESPONSE, RST, SHUTDOWN, RW, CREDIT_UPDATE, CREDIT_REQUEST = 2, 3, 4, 5, 6, 7


def packet(op, size=0, flags=0):
    return struct.pack('<BBBH', PACKET, op, flags, size)


def strange(queue, written, op, at=0, lie=b''):
    return struct.pack('<BBIBB', BYTES, queue, written, op, at) + lie


def credit(promised, taken=0):
    return struct.pack('<BHH', CREDIT, promised, taken)


def use(step, value):
    return struct.pack('<BH', step, value)


BEGIN = packet(RESPONSE)
SEEDS = {
    'talk': [BEGIN, use(SEND, 100), packet(RW, 1000), use(RECEIVE, 401), packet(CREDIT_REQUEST), use(SEND, 6001),
             packet(RW, 8000), use(RECEIVE, 6000), packet(SHUTDOWN, 0, 3), use(RECEIVE, 2)],
    'credit': [credit(50), BEGIN, use(SEND, 300), credit(5000, 50), packet(CREDIT_UPDATE), use(SEND, 5000),
               credit(9000, 50), packet(CREDIT_UPDATE)],
    'refused': [packet(RST)],
    'moved': [BEGIN, strange(2, 4, 0), use(RECEIVE, 3)],
    'short': [BEGIN, strange(0, 43, RW), use(RECEIVE, 3)],
    'others': [BEGIN, strange(0, 44, RW, 40), packet(RW, 10), use(RECEIVE, 13), bytes((SHUT, 1, WAIT))],
    'stuck': [BEGIN, bytes((TAKE, 1)), use(SEND, 7000), bytes((TAKE, 0)), use(SEND, 7000)],
    'index': [BEGIN, struct.pack('<BBHII', INDEX, 0, 1, 5, 44), use(RECEIVE, 3)],
}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, steps in SEEDS.items():
        (folder / name).write_bytes(b''.join(steps))


if __name__ == '__main__':
    main()
