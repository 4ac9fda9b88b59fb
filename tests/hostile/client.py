# SPDX-License-Identifier: Apache-2.0
"""A connection that sends any bytes, and on it a client that keeps to docs/protocol.md."""
import collections
import re
import socket
import time

import wire

PATIENCE = 10.0  # seconds for an answer; tests multiply it where all is slow

# What an answer says: its status, its fixed struct, its sentence, all of its payload.
Answer = collections.namedtuple('Answer', 'status told sentence payload')


class Closed(Exception):
    """The other side closed the connection, maybe after a goodbye: a message."""

    def __init__(self, goodbye=None):
        super().__init__(sentence_of(goodbye) if goodbye else 'closed without a goodbye')
        self.goodbye = goodbye


class Refused(Exception):
    """An answer with a status."""

    def __init__(self, answer):
        super().__init__(f'{answer.status}: {answer.sentence}')
        self.answer = answer


def sentence_of(message, at=0):
    text = wire.fields_of(message.body, at).get(wire.TAG_SENTENCE, b'')
    return text.decode(errors='replace')


def connect(address, patience=PATIENCE):
    """To an address of an agent, unix or tcp."""
    kind, _, rest = address.partition('://')
    if kind == 'unix':
        made = socket.socket(socket.AF_UNIX)
        place = rest
    else:
        host, port = re.fullmatch(r'\[?(.*?)\]?:(\d+)', rest).groups()
        made = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET)
        place = (host, int(port))
    made.settimeout(patience)
    made.connect(place)
    return made


class Connection:
    """Bytes there, messages back."""

    def __init__(self, address, patience=PATIENCE):
        self.socket = connect(address, patience)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, *messages):
        """The other side may close while it is being attacked; that is for reading to find out."""
        try:
            self.socket.sendall(b''.join(messages))
        except (BrokenPipeError, ConnectionResetError):
            pass

    def take(self, size):
        data = bytearray()
        while len(data) < size:
            try:
                piece = self.socket.recv(min(size - len(data), 1 << 20))
            except ConnectionResetError:
                piece = b''
            if not piece:
                raise Closed()
            data += piece
        return bytes(data)

    def receive(self):
        """The next message. Raises Closed at the end, with the goodbye if it was one."""
        head = wire.header.unpack(self.take(wire.HEADER_SIZE))
        body = self.take(head['body_size'])
        message = wire.Message(head, body, self.take(head['payload_size']))
        if head['type'] == wire.GOODBYE:
            raise Closed(message)
        return message

    def until_closed(self):
        """Everything up to the end, and the goodbye if there was one."""
        messages = []
        try:
            while True:
                messages.append(self.receive())
        except Closed as end:
            return messages, end.goodbye


class Client(Connection):
    """Requests and answers, one at a time or several."""

    def __init__(self, address, patience=PATIENCE, greet=True):
        super().__init__(address, patience)
        self.next_id = 1
        self.types = {}
        self.begun = {}
        if greet:
            self.welcome = self.ask(wire.HELLO, wire.hello_body()).told

    def start(self, type, body=b'', payload=b'', part=wire.PART_MAX, deadline_ms=0):
        """Send a request. Returns its id."""
        id = self.next_id
        self.next_id += 1
        self.types[id] = type
        self.send(*wire.in_parts(type, id, body, payload, part, deadline_ms=deadline_ms))
        return id

    def answer(self, id):
        """Wait for the last byte of the answer to that request, in whatever order they come."""
        while not (id in self.begun and not self.begun[id][0].header['flags'] & wire.MORE):
            self.take_message()
        message, parts = self.begun.pop(id)
        return self.told_by(self.types.pop(id), message, b''.join(parts))

    def take_message(self):
        message = self.receive()
        id = message.header['id']
        assert id in self.types, f'a message for no request: {message.header}'
        if message.header['type'] == wire.PART:
            first, parts = self.begun[id]
            head = {**first.header, 'flags': message.header['flags']}
            self.begun[id] = (first._replace(header=head), parts + [message.payload])
        else:
            assert message.header['type'] == wire.ANSWER, message.header
            assert id not in self.begun, 'a second answer'
            self.begun[id] = (message, [message.payload])

    @staticmethod
    def told_by(type, message, payload):
        status = message.header['status']
        layout = wire.ANSWERS.get(type)
        if layout is None or (status and type not in (wire.CALL, wire.OUTPUT_FETCH)):
            return Answer(status, {}, sentence_of(message), payload)
        told = layout.unpack(message.body)
        count, size = 0, 0
        if type == wire.CALL:
            count, size = told['nr_returned'], wire.returned.size
        elif type == wire.PROFILE:
            count, size = told['nr_regions'], wire.region.size
        end = layout.size + count * size
        return Answer(status, told, sentence_of(message, end), payload)

    def ask(self, type, body=b'', payload=b'', **how):
        """A request that should succeed."""
        answer = self.try_to(type, body, payload, **how)
        if answer.status:
            raise Refused(answer)
        return answer

    def try_to(self, type, body=b'', payload=b'', **how):
        return self.answer(self.start(type, body, payload, **how))

    def begin(self, hint=0):
        return self.ask(wire.SESSION_BEGIN, wire.session_begin.pack(hint=hint)).told['id']

    def end(self, session):
        self.ask(wire.SESSION_END, wire.id_of.pack(id=session))

    def start_call(self, session, read=(), write=(), part=wire.PART_MAX, deadline_ms=0, **call):
        return self.start(wire.CALL, wire.call_body(session, read=read, write=write, **call),
                          wire.call_payload(read, write), part, deadline_ms)

    def call(self, session, read=(), write=(), **how):
        return self.answer(self.start_call(session, read, write, **how))

    def new_resource(self, blobs, kind=wire.FILES, type=wire.DATA, fields=b''):
        """Make one of a dictionary of names and contents, and send all of it."""
        size = sum(len(data) for data in blobs.values())
        body = wire.resource_new.pack(type=type, kind=kind, nr_blobs=len(blobs), size=size)
        id = self.ask(wire.RESOURCE_NEW, body + fields).told['id']
        for number, (name, data) in enumerate(blobs.items()):
            self.ask(wire.RESOURCE_CHUNK, wire.chunk_body(id, number, data, name), data)
        return id

    def register(self, resource, session):
        self.ask(wire.RESOURCE_REGISTER, wire.use.pack(resource=resource, session=session))


def wait_until(true, seconds, what):
    """Look again and again, up to a time that is long enough for any machine."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, what() if callable(what) else what
        time.sleep(0.01)
