# SPDX-License-Identifier: Apache-2.0
"""Write what the fuzzing of messages begins with: a conversation, and each of its messages alone.

messages.py CORPUS (the folder that has one for each target)
"""
import pathlib
import struct
import sys

HEADER = struct.Struct('<IHHQQII')
HELLO, ANSWER, PING = 1, 2, 6
SESSION_BEGIN, SESSION_END = 16, 18
RESOURCE_NEW, RESOURCE_CHUNK, RESOURCE_REGISTER, RESOURCE_SYNC, RESOURCE_END = 32, 33, 34, 36, 37
CALL, FETCH, DROP, PROFILE = 48, 49, 50, 64
SENT, RETURNED = 1, 2
MAGIC = 0x4c434156


def padded(data):
    return data + bytes(-len(data) % 8)


def message(kind, number, body=b'', payload=b'', status=0):
    return HEADER.pack(len(body), kind, 0, number, len(payload), 0, status) + body + payload


def text_field(tag, text):
    return struct.pack('<HHI', tag, 0, len(text)) + padded(text)


def argument(kind, flags, size, custom=0):
    return struct.pack('<HHIQ', kind, flags, custom, size)


def call(number, op, read, write, payload, name=b'', resource=0):
    body = struct.pack('<QQiIII', 1, resource, op, len(read), len(write), len(name))
    return message(CALL, number, body + b''.join(read + write) + padded(name), payload)


def requests():
    yield 'hello', message(HELLO, 1, struct.pack('<IHH', MAGIC, 1, 1) + text_field(2, b'fuzz'))
    yield 'ping', message(PING, 2)
    yield 'begin', message(SESSION_BEGIN, 3, struct.pack('<II', 0, 0))
    yield 'noop', call(4, 0, [], [], b'')
    yield 'copy', call(5, 18, [argument(6, SENT, 8)], [argument(6, RETURNED, 8)], b'12345678')
    yield 'classify', call(6, 24, [argument(28, SENT, 3)],
                           [argument(28, RETURNED, 0), argument(7, SENT | RETURNED, 8)] * 2,
                           b'img' + bytes(16))
    yield 'name', call(7, -1, [argument(0, SENT | RETURNED, 4)], [], b'1234', b'some.name')
    yield 'fetch', message(FETCH, 8, struct.pack('<QQQ', 1, 1, 1000))
    yield 'drop', message(DROP, 9, struct.pack('<QQ', 1, 2))
    yield 'resource', message(RESOURCE_NEW, 10, struct.pack('<IIQQ', 2, 1, 1, 4))
    yield 'chunk', message(RESOURCE_CHUNK, 11,
                           struct.pack('<QQQQII', 1, 0, 4, 0, 4, 3) + padded(b'a/b'), b'file')
    yield 'register', message(RESOURCE_REGISTER, 12, struct.pack('<QQ', 1, 1))
    model, text, tensor = argument(7, 0, 8), argument(27, SENT, 1), 0x76000001
    yield 'load', call(17, 29, [model, text], [], b'\0', resource=1)
    yield 'info', call(18, 31, [model, text], [argument(28, RETURNED, 2000), argument(7, RETURNED, 8)],
                       b'\0', resource=1)
    described = argument(29, SENT, 152, tensor)
    yield 'run', call(19, 32, [model, text, text, described, argument(28, SENT, 4), text],
                      [argument(29, RETURNED, 152, tensor), argument(28, RETURNED, 16)],
                      b'\0\0' + struct.pack('<QQIIq', 0, 4, 11, 1, 4) + bytes(120) + b'data' + b'\0',
                      resource=1)
    yield 'sync', message(RESOURCE_SYNC, 13, struct.pack('<QQ', 1, 1))
    yield 'end', message(RESOURCE_END, 14, struct.pack('<Q', 1))
    yield 'profile', message(PROFILE, 15, struct.pack('<Q', 1))
    yield 'bye', message(SESSION_END, 16, struct.pack('<Q', 1))


def answers():
    """Type of the request, answer; as a client that begins a session gets them."""
    number = 1 << 16
    yield HELLO, message(ANSWER, number, struct.pack('<IHHIIQ', MAGIC, 1, 0, 8, 0, 1 << 20))
    yield SESSION_BEGIN, message(ANSWER, number, struct.pack('<Q', 1))
    yield CALL, message(ANSWER, 2 * number, struct.pack('<II', 0, 0))
    yield CALL, message(ANSWER, 3 * number,
                        struct.pack('<II', 2, 0) + struct.pack('<QQ', 256, 256) * 2, bytes(512))
    yield FETCH, message(ANSWER, 4 * number, struct.pack('<Q', 5), b'bytes')
    yield PROFILE, message(ANSWER, 5 * number,
                           struct.pack('<II', 1, 0) + b'noop'.ljust(64, b'\0')
                           + struct.pack('<QQ', 1, 1))
    yield SESSION_END, message(ANSWER, 6 * number, text_field(1, b'no such session'), status=22)


def main():
    corpus = pathlib.Path(sys.argv[1])
    for name in 'wire_request', 'wire_answer', 'agent', 'client':
        (corpus / name).mkdir(exist_ok=True)
    for name, data in requests():
        (corpus / 'wire_request' / name).write_bytes(data)
    (corpus / 'agent' / 'conversation').write_bytes(b''.join(data for _, data in requests()))
    for i, (kind, data) in enumerate(answers()):
        (corpus / 'wire_answer' / f'{i}').write_bytes(bytes([kind]) + data)
    (corpus / 'client' / 'conversation').write_bytes(b''.join(data for _, data in answers()))


if __name__ == '__main__':
    main()
