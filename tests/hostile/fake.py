# SPDX-License-Identifier: Apache-2.0
"""An agent without plugins, honest where it is not told to lie, for attacks against a client."""
import collections
import socket
import struct
import threading

import client
import wire

# An answer that is not sent at once.
Later = collections.namedtuple('Later', 'seconds data')

HELD, INFO_HELD, TORCH_FLOAT, OUTPUT_SIZE = 7, 9, 7, 40
TORCH_MODEL_RUN, BLAS_SGEMM, MODEL_INFO, MODEL_RUN = 15, 17, 31, 32
FLOAT32 = 1


def answered(request, body=b'', payload=b'', **lies):
    """An answer to that request, in one message."""
    return wire.message(wire.ANSWER, request.header['id'], body, payload, **lies)


def welcome(**lies):
    return wire.welcome.pack(**{'magic': wire.MAGIC, 'version': wire.VERSION, 'calls_max': 8,
                                'message_max': 1 << 30, **lies})


def goodbye(sentence, status=wire.EBACKEND):
    return wire.message(wire.GOODBYE, 0, wire.field(wire.TAG_SENTENCE, sentence), status=status)


def arguments_of(request):
    """The operation's number and its arguments, with the data of those that were sent."""
    head = wire.call_head.unpack(request.body)
    found, used = [], 0
    for i in range(head['nr_read'] + head['nr_write']):
        told = wire.arg_head.unpack(request.body, wire.call_head.size + i * wire.arg_head.size)
        data = b''
        if told['flags'] & wire.SENT:
            data = request.payload[used:used + told['size']]
            used += told['size']
        found.append(wire.Arg(told['type'], told['flags'], told['size'], data))
    return head['op'], found


def called(outputs):
    """Body and payload of an answer: a pair of size and bytes for each returned argument."""
    body = wire.called.pack(nr_returned=len(outputs))
    body += b''.join(wire.returned.pack(size=size, sent=len(data)) for size, data in outputs)
    return body, b''.join(data for _, data in outputs)


def product(arguments):
    """What sgemm is to return, for matrices without padding."""
    sizes = [int.from_bytes(one.data, 'little') for one in arguments[:3]]
    m, n, k = sizes
    alpha, beta = (memoryview(arguments[i].data).cast('f')[0] for i in (3, 8))
    a, b, c = (memoryview(arguments[i].data).cast('f') for i in (4, 6, 10))
    values = [alpha * sum(a[row * k + i] * b[i * n + column] for i in range(k))
              + beta * c[row * n + column] for row in range(m) for column in range(n)]
    return memoryview(bytearray(4 * m * n)).cast('f'), values


def sgemm(arguments):
    room, values = product(arguments)
    for i, value in enumerate(values):
        room[i] = value
    return [(room.nbytes, room.tobytes())]


def described_output(_arguments=None, held=HELD, size=OUTPUT_SIZE, nr_dims=2, type=TORCH_FLOAT):
    """An output tensor that is held: its description, and its data's size."""
    description = (wire.size_of.pack(size=held) + wire.size_of.pack(size=size)
                   + wire.field_head.pack(tag=type & 0xffff, flags=type >> 16, size=nr_dims)
                   + wire.size_of.pack(size=1) + wire.size_of.pack(size=size // 4) + bytes(14 * 8))
    return [(len(description), description), (size, b'')]


def spec(name, type=FLOAT32, dims=(1, 10), nr_dims=None):
    """What an input or an output of a model is."""
    return struct.pack('<256sIi16q', name, type, len(dims) if nr_dims is None else nr_dims, *dims,
                       *[0] * (16 - len(dims)))


def model_info(signatures=(b'forward',), inputs=(spec(b'in'),), outputs=(spec(b'out'),), counts=None):
    counts = counts or (len(signatures), len(inputs), len(outputs))
    return (struct.pack('<32s64s4I', b'onnx', b'fake', *counts, 0)
            + b''.join(name.ljust(256, b'\0') for name in signatures) + b''.join([*inputs, *outputs]))


INFO = model_info()


def told_info(_arguments=None, held=INFO_HELD, size=len(INFO)):
    """What a model is, which is held: its size, and the number."""
    return [(size, b''), (8, wire.size_of.pack(size=held))]


def model_output(_arguments=None, **lies):
    return described_output(**{'type': FLOAT32, **lies})


def fetched(request):
    data = INFO if wire.fetch.unpack(request.body)['held'] == INFO_HELD else bytes(OUTPUT_SIZE)
    return answered(request, wire.size_of.pack(size=len(data)), data)


def answer_call(request):
    op, arguments = arguments_of(request)
    special = {BLAS_SGEMM: sgemm, TORCH_MODEL_RUN: described_output, MODEL_INFO: told_info,
               MODEL_RUN: model_output}
    if op in special:
        return answered(request, *called(special[op](arguments)))
    outputs = [(one.size, one.data or bytes(one.size)) for one in arguments
               if one.flags & wire.RETURNED]
    return answered(request, *called(outputs))


HONEST = {
    wire.HELLO: lambda request: answered(request, welcome()),
    wire.SESSION_BEGIN: lambda request: answered(request, wire.id_of.pack(id=1)),
    wire.RESOURCE_NEW: lambda request: answered(request, wire.id_of.pack(id=1)),
    wire.CALL: answer_call,
    wire.OUTPUT_FETCH: fetched,
    wire.PROFILE: lambda request: answered(request, wire.profile.pack()),
    wire.CANCEL: lambda request: b'',
}


def receive_request(connection):
    """The next request with all its parts; those of this client do not come between others."""
    message = connection.receive()
    payload = message.payload
    last = message
    while last.header['flags'] & wire.MORE:
        last = connection.receive()
        payload += last.payload
    return message._replace(payload=payload)


class FakeAgent:
    """Listens in @folder. @answers says how requests of a type are answered, if not honestly."""

    def __init__(self, folder, answers=None, greeting=b'', most=None, accepts=True):
        self.answers = {**HONEST, **(answers or {})}
        self.greeting = greeting
        self.left = most  # bytes it may send before it closes; None: any number
        self.sent = 0
        self.seen = []
        self.open = []
        self.serving = []
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(f'{folder}/fake')
        self.socket.listen(8 if accepts else 0)
        self.address = f'unix://{folder}/fake'
        if accepts:
            self.thread = threading.Thread(target=self.accept, daemon=True)
            self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """What a client that ended had said has been seen then."""
        self.socket.close()
        for thread in self.serving:
            thread.join(client.PATIENCE)
        for connection in self.open:
            connection.close()

    def accept(self):
        while True:
            try:
                made, _ = self.socket.accept()
            except OSError:
                return
            self.open.append(made)
            thread = threading.Thread(target=self.serve, args=[made], daemon=True)
            thread.start()
            self.serving.append(thread)

    def serve(self, made):
        connection = client.Connection.__new__(client.Connection)
        connection.socket = made
        try:
            self.send(made, self.greeting)
            while True:
                request = receive_request(connection)
                self.seen.append(request.header['type'])
                answer = self.answers.get(request.header['type'], answered)(request)
                self.send_answer(made, answer)
        except (OSError, client.Closed):
            made.close()

    def send_answer(self, made, answer):
        if isinstance(answer, Later):
            threading.Timer(answer.seconds, self.send, [made, answer.data]).start()
            return
        for piece in [answer] if isinstance(answer, bytes) else answer:
            self.send(made, piece)

    def send(self, made, data):
        if self.left is not None:
            data = data[:self.left]
            self.left -= len(data)
        self.sent += len(data)
        made.sendall(data)
        if self.left == 0:
            made.shutdown(socket.SHUT_RDWR)
            raise client.Closed()
