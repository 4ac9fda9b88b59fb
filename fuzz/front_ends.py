# SPDX-License-Identifier: Apache-2.0
"""Write what the fuzzing of front_end.c begins with: front ends that keep to vhost-user.

front_ends.py FOLDER
"""
import pathlib
import struct
import sys

EVENT, MEMORY = 0, 1
NEED_REPLY = 8
FEATURES = 1 << 32 | 1 << 30 | 1 << 28


def say(request, body=b'', nr_fds=0, kind=EVENT, flags=0):
    return struct.pack('<BBH', request, flags | kind | nr_fds << 4, len(body)) + body


def u64(value):
    return struct.pack('<Q', value)


def state(number, index=0):
    return struct.pack('<II', index, number)


def table(*regions):
    return struct.pack('<II', len(regions), 0) + b''.join(struct.pack('<4Q', *one) for one in regions)


def config(offset, size):
    return struct.pack('<III', offset, size, 0) + bytes(size)


NEGOTIATION = [say(1), say(15), say(16, u64(0x209)), say(17), say(3, flags=NEED_REPLY),
               say(24, config(0, 60))]
MEMORY_TABLE = say(5, table((0, 0xa0000, 0x7f0000000000, 0)), 1, MEMORY, NEED_REPLY)
TWO_REGIONS = say(5, table((0, 0x80000, 0x7f0000000000, 0), (0x100000, 0x80000, 0x7f0000100000, 0x80000)),
                  2, MEMORY)


def ring(index=0):
    place = 0x7f0000001000 + 0x4000 * index
    return [say(8, state(128, index)), say(10, state(0, index)),
            say(9, struct.pack('<IIQQQQ', index, 0, place, place + 0x2000, place + 0x1000, 0))]


def start(index=0):
    return [say(12, u64(index), 1), say(13, u64(index), 1), say(14, u64(0x100 | index)),
            say(18, state(1, index))]


def stop(index=0):
    return [say(18, state(0, index)), say(11, state(0, index)) + (b'\x05\0' if index < 2 else b'')]


RING, START, STOP = ring(), start(), stop()
ACCELERATOR, VSOCK = b'\1', b'\2'
SEEDS = {
    'vsock': [VSOCK, *NEGOTIATION, say(2, u64(FEATURES)), MEMORY_TABLE, *ring(0), *ring(1), *ring(2),
              *start(0), *start(1), *start(2), *stop(2), *stop(0), *stop(1)],
    'vmm': [ACCELERATOR, *NEGOTIATION, say(2, u64(FEATURES)), MEMORY_TABLE, *RING, *START, TWO_REGIONS, *STOP],
    'firmware': [ACCELERATOR, *NEGOTIATION, *2 * [say(2, u64(FEATURES)), MEMORY_TABLE, *RING, *START, *STOP]],
    'polled': [ACCELERATOR, say(2, u64(1 << 32)), TWO_REGIONS, *RING, say(12, u64(0x100)), say(13, u64(0x100)),
               say(25, config(32, 1)), say(4), say(36, flags=NEED_REPLY)],
}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, messages in SEEDS.items():
        (folder / name).write_bytes(b''.join(messages))


if __name__ == '__main__':
    main()
