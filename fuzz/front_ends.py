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
RING = [say(8, state(128)), say(10, state(0)),
        say(9, struct.pack('<IIQQQQ', 0, 0, 0x7f0000001000, 0x7f0000003000, 0x7f0000002000, 0))]
START = [say(12, u64(0), 1), say(13, u64(0), 1), say(14, u64(0x100)), say(18, state(1))]
STOP = [say(18, state(0)), say(11, state(0)) + b'\x05\0']
SEEDS = {
    'vmm': [*NEGOTIATION, say(2, u64(FEATURES)), MEMORY_TABLE, *RING, *START, TWO_REGIONS, *STOP],
    'firmware': [*NEGOTIATION, *2 * [say(2, u64(FEATURES)), MEMORY_TABLE, *RING, *START, *STOP]],
    'polled': [say(2, u64(1 << 32)), TWO_REGIONS, *RING, say(12, u64(0x100)), say(13, u64(0x100)),
               say(25, config(32, 1)), say(4), say(36, flags=NEED_REPLY)],
}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, messages in SEEDS.items():
        (folder / name).write_bytes(b'\1' + b''.join(messages))


if __name__ == '__main__':
    main()
