# SPDX-License-Identifier: Apache-2.0
"""The messages of docs/protocol.md as bytes, whether they keep to it or not."""
import collections
import struct

MAGIC = 0x4c434156
VERSION = 1
ALIGN = 8
HEADER_SIZE = 32
BODY_MAX = 64 * 1024
PART_MAX = 1024 * 1024
CHUNK_MAX = 4 * 1024 * 1024
NAME_MAX = 1024
SENTENCE_MAX = 512
BY_NAME = -1

HELLO, ANSWER, PART, GOODBYE, CANCEL, PING = range(1, 7)
SESSION_BEGIN, SESSION_UPDATE, SESSION_END = range(16, 19)
(RESOURCE_NEW, RESOURCE_CHUNK, RESOURCE_REGISTER, RESOURCE_UNREGISTER, RESOURCE_SYNC,
 RESOURCE_END) = range(32, 38)
CALL, OUTPUT_FETCH, OUTPUT_DROP = range(48, 51)
PROFILE = 64

MORE = 1
TAG_SENTENCE, TAG_PEER, TAG_DIGEST = 1, 2, 3
REQUIRED = 1
FILES, DIRECTORY, MEMORY, REMOTE = range(4)
SENT, RETURNED = 1, 2
LIB, DATA, MODEL = range(3)
INT32, INT64, UINT64, FLOAT32, FLOAT32_ARRAY, UCHAR_ARRAY = 5, 7, 15, 17, 18, 26
STRING, BUFFER, CUSTOM = 27, 28, 29
TENSOR_DESC = 0x76000001

EPERM, ENOENT, ENOMEM, EACCES, EINVAL, ERANGE = 1, 2, 12, 13, 22, 34
EBACKEND, EUSERS, ENOTSUP, ESESS, EREMOTEIO = 71, 87, 95, 104, 121


class Layout:
    """A struct: its fields by name, packed with zeros for those that are not given."""

    def __init__(self, fields):
        self.names = [name for name, _ in fields]
        self.struct = struct.Struct('<' + ''.join(code for _, code in fields))
        self.size = self.struct.size
        self.places = {}
        at = 0
        for name, code in fields:
            self.places[name] = (at, struct.calcsize('<' + code))
            at += struct.calcsize('<' + code)

    def pack(self, **values):
        assert values.keys() <= set(self.names), values
        return self.struct.pack(*(values.get(name, 0) for name in self.names))

    def unpack(self, data, at=0):
        return dict(zip(self.names, self.struct.unpack_from(data, at)))


header = Layout([('body_size', 'I'), ('type', 'H'), ('flags', 'H'), ('id', 'Q'),
                 ('payload_size', 'Q'), ('deadline_ms', 'I'), ('status', 'I')])
field_head = Layout([('tag', 'H'), ('flags', 'H'), ('size', 'I')])
hello = Layout([('magic', 'I'), ('oldest', 'H'), ('newest', 'H')])
welcome = Layout([('magic', 'I'), ('version', 'H'), ('zero', 'H'), ('calls_max', 'I'),
                  ('zero_too', 'I'), ('message_max', 'Q')])
session_begin = Layout([('hint', 'I'), ('zero', 'I')])
session_update = Layout([('session', 'Q'), ('hint', 'I'), ('zero', 'I')])
id_of = Layout([('id', 'Q')])
resource_new = Layout([('type', 'I'), ('kind', 'I'), ('nr_blobs', 'Q'), ('size', 'Q')])
chunk = Layout([('resource', 'Q'), ('blob', 'Q'), ('blob_size', 'Q'), ('offset', 'Q'),
                ('size', 'I'), ('name_size', 'I')])
use = Layout([('resource', 'Q'), ('session', 'Q')])
size_of = Layout([('size', 'Q')])
call_head = Layout([('session', 'Q'), ('resource', 'Q'), ('op', 'i'), ('nr_read', 'I'),
                    ('nr_write', 'I'), ('name_size', 'I')])
arg_head = Layout([('type', 'H'), ('flags', 'H'), ('custom_type_id', 'I'), ('size', 'Q')])
called = Layout([('nr_returned', 'I'), ('zero', 'I')])
returned = Layout([('size', 'Q'), ('sent', 'Q')])
fetch = Layout([('session', 'Q'), ('held', 'Q'), ('room', 'Q')])
drop = Layout([('session', 'Q'), ('held', 'Q')])
cancel = Layout([('call', 'Q')])
profile = Layout([('nr_regions', 'I'), ('zero', 'I')])
region = Layout([('name', '64s'), ('time_ns', 'Q'), ('nr_calls', 'Q')])

# The fixed struct of each request, and of its answer if its status is 0.
REQUESTS = {
    HELLO: hello, CANCEL: cancel, SESSION_BEGIN: session_begin, SESSION_UPDATE: session_update,
    SESSION_END: id_of, RESOURCE_NEW: resource_new, RESOURCE_CHUNK: chunk,
    RESOURCE_REGISTER: use, RESOURCE_UNREGISTER: use, RESOURCE_SYNC: use, RESOURCE_END: id_of,
    CALL: call_head, OUTPUT_FETCH: fetch, OUTPUT_DROP: drop, PROFILE: id_of,
}
ANSWERS = {
    HELLO: welcome, SESSION_BEGIN: id_of, RESOURCE_NEW: id_of, RESOURCE_SYNC: size_of,
    CALL: called, OUTPUT_FETCH: size_of, PROFILE: profile,
}

Arg = collections.namedtuple('Arg', 'type flags size data custom_type_id', defaults=(b'', 0))
Message = collections.namedtuple('Message', 'header body payload')


def padded(data):
    return data + bytes(-len(data) % ALIGN)


def field(tag, data, flags=0, **lies):
    return field_head.pack(**{'tag': tag, 'flags': flags, 'size': len(data), **lies}) + padded(data)


def message(type, id, body=b'', payload=b'', **lies):
    """One message; @lies are fields of the header that shall not be what they should."""
    told = {'type': type, 'id': id, 'body_size': len(body), 'payload_size': len(payload), **lies}
    return header.pack(**told) + body + payload


def in_parts(type, id, body=b'', payload=b'', part=PART_MAX, **others):
    """A message and as many parts as its payload needs."""
    pieces = [payload[i:i + part] for i in range(0, len(payload), part)] or [b'']
    last = len(pieces) - 1
    messages = [message(type, id, body, pieces[0], flags=MORE if last else 0, **others)]
    messages += [message(PART, id, b'', piece, flags=MORE if i < last else 0)
                 for i, piece in enumerate(pieces[1:], 1)]
    return messages


def arg(type, data=None, room=0, custom=0):
    """An argument that is sent, if there are data, and returned, if there is room."""
    flags = (SENT if data is not None else 0) | (RETURNED if room else 0)
    return Arg(type, flags, len(data) if data is not None else room, data or b'', custom)


def call_body(session, op=0, read=(), write=(), resource=0, name=b'', **lies):
    told = {'session': session, 'resource': resource, 'op': BY_NAME if name else op,
            'nr_read': len(read), 'nr_write': len(write), 'name_size': len(name), **lies}
    return call_head.pack(**told) + b''.join(
        arg_head.pack(type=one.type, flags=one.flags, custom_type_id=one.custom_type_id,
                      size=one.size) for one in [*read, *write]) + padded(name)


def call_payload(read, write):
    return b''.join(one.data for one in [*read, *write] if one.flags & SENT)


def chunk_body(resource, blob, data, name=b'', offset=0, blob_size=None, **lies):
    told = {'resource': resource, 'blob': blob, 'offset': offset, 'size': len(data),
            'blob_size': len(data) if blob_size is None else blob_size, 'name_size': len(name),
            **lies}
    return chunk.pack(**told) + padded(name)


def hello_body(magic=MAGIC, oldest=VERSION, newest=VERSION, peer=b'hostile'):
    return hello.pack(magic=magic, oldest=oldest, newest=newest) + field(TAG_PEER, peer)


def fields_of(body, at):
    """The fields of a body from @at on, by tag."""
    found = {}
    while at < len(body):
        head = field_head.unpack(body, at)
        at += field_head.size
        found[head['tag']] = body[at:at + head['size']]
        at += len(padded(found[head['tag']]))
    return found
