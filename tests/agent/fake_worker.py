#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A worker that does what a test tells it, through the unix socket that FAKE_WORKER names.

Each command is a line of JSON, [name, argument...], and so is each answer.
"""
import array
import json
import mmap
import os
import select
import signal
import socket
import struct
import subprocess
import sys

CONTROL_FD, LEDGER_FD = 3, 4
MESSAGE = struct.Struct('<II256s')
READY, SOCKET, CLOSED, DEVICE, STOPPED, FAULT = 2, 3, 4, 6, 8, 9
RIGHTS = socket.CMSG_SPACE(4 * 16)
LEDGER_WORDS = ['is_begun', 'skew', 'published', 'last']


def open_descriptors():
    return sorted(int(name) for name in os.listdir('/proc/self/fd')
                  if os.path.exists(f'/proc/self/fd/{name}'))


class Worker:
    def __init__(self):
        self.descriptors = open_descriptors()
        self.control = socket.socket(fileno=CONTROL_FD)
        self.ledger = mmap.mmap(LEDGER_FD, 0)
        self.sockets = {}
        self.fds = []
        self.children = []

    def about(self):
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, [])
        return {'pid': os.getpid(), 'group': os.getpgrp(), 'descriptors': self.descriptors,
                'environment': dict(os.environ), 'blocked': [int(s) for s in mask],
                'stdin': os.readlink('/proc/self/fd/0')}

    def settings(self):
        header = MESSAGE.unpack(self.control.recv(MESSAGE.size))
        peer = header[2].split(b'\0')[0].decode()
        return [header[0], self.control.recv(1 << 20).hex(), header[1], peer]

    def ready(self):
        self.control.send(MESSAGE.pack(READY, 0, b''))

    def receive(self):
        data, ancillary, _, _ = self.control.recvmsg(MESSAGE.size, RIGHTS)
        if not data:
            return None
        kind, slot, peer = MESSAGE.unpack(data)
        if kind == DEVICE:
            return [kind, *self.receive_device()]
        for _, _, raw in ancillary:
            self.sockets[slot] = socket.socket(fileno=array.array('i', raw)[0])
        return [kind, slot, peer.split(b'\0')[0].decode()]

    def receive_device(self):
        """The state, and which files come with it."""
        data, ancillary, flags, _ = self.control.recvmsg(1 << 12, RIGHTS)
        fds = array.array('i', b''.join(raw for _, _, raw in ancillary))
        assert not flags & socket.MSG_CTRUNC
        self.fds += fds
        told = [os.fstat(fd) for fd in fds]
        return [data.hex(), [[file.st_dev, file.st_ino] for file in told]]

    def waits(self):
        """Whether nothing is there to receive for a while."""
        return not select.select([self.control], [], [], 0.2)[0]

    def stopped(self, index):
        """With that as the next available entry."""
        self.note(is_begun=1, published=index, skew=0)
        self.control.send(MESSAGE.pack(STOPPED, 0, b''))

    def note(self, **words):
        for name, value in words.items():
            at = 4 * LEDGER_WORDS.index(name)
            self.ledger[at:at + 4] = struct.pack('<I', value)

    def take_chain(self, head, state=1):
        at = 4 * len(LEDGER_WORDS) + 8 * head
        self.ledger[at:at + 8] = struct.pack('<II', state, 64)

    def noted(self):
        """What the worker left in the ledger that is not 0, by its place. The last word is the broker's."""
        words = struct.unpack(f'<{len(self.ledger) // 4}I', self.ledger)[:-1]
        return {at: word for at, word in enumerate(words) if word}

    def told(self):
        return struct.unpack('<I', self.ledger[-4:])[0]

    def send(self, slot, text):
        self.sockets[slot].sendall(text.encode())

    def sending(self, slot, value):
        self.ledger[4 * slot:4 * slot + 4] = struct.pack('<I', value)

    def is_sending(self, slot):
        return struct.unpack('<I', self.ledger[4 * slot:4 * slot + 4])[0]

    def closed(self, slot):
        if slot in self.sockets:
            self.sockets[slot].shutdown(socket.SHUT_RDWR)
            self.sockets.pop(slot).close()
        self.control.send(MESSAGE.pack(CLOSED, slot, b''))

    def fault(self):
        self.control.send(MESSAGE.pack(FAULT, 0, b''))

    def deafen(self):
        self.control.close()

    def say(self, length):
        self.control.send(b'x' * length)

    def pass_on(self, slot, length):
        """Say that, with the descriptor that a client sends, which is then open here no more."""
        _, ancillary, _, _ = self.sockets[slot].recvmsg(1, RIGHTS)
        self.control.sendmsg([b'x' * length], ancillary)
        for _, _, raw in ancillary:
            os.close(*array.array('i', raw))

    def child(self):
        self.children.append(subprocess.Popen(['sleep', '600']))
        return self.children[-1].pid

    def write(self, name):
        path = os.path.join(os.environ['XDG_RUNTIME_DIR'], name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='ascii') as file:
            file.write('left behind')
        return path

    def exit(self, status):
        os._exit(status)

    def die(self, number):
        signal.signal(number, signal.SIG_DFL) if number != signal.SIGKILL else None
        os.kill(os.getpid(), number)


def main():
    worker = Worker()
    director = socket.socket(socket.AF_UNIX)
    director.connect(os.environ['FAKE_WORKER'])
    with director.makefile('rw') as lines:
        for line in lines:
            name, *arguments = json.loads(line)
            named = arguments.pop() if arguments and isinstance(arguments[-1], dict) else {}
            answer = getattr(worker, name)(*arguments, **named)
            lines.write(json.dumps(answer) + '\n')
            lines.flush()
    return 0


if __name__ == '__main__':
    sys.exit(main())
