#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A worker that does what a test tells it, through the unix socket that FAKE_WORKER names.

Each command is a line of JSON, [name, argument...], and so is each answer.
"""
import array
import json
import mmap
import os
import signal
import socket
import struct
import subprocess
import sys

CONTROL_FD, LEDGER_FD = 3, 4
MESSAGE = struct.Struct('<II128s')
READY, SOCKET, CLOSED = 2, 3, 4


def open_descriptors():
    return sorted(int(name) for name in os.listdir('/proc/self/fd')
                  if os.path.exists(f'/proc/self/fd/{name}'))


class Worker:
    def __init__(self):
        self.descriptors = open_descriptors()
        self.control = socket.socket(fileno=CONTROL_FD)
        self.ledger = mmap.mmap(LEDGER_FD, 0)
        self.sockets = {}
        self.children = []

    def about(self):
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, [])
        return {'pid': os.getpid(), 'group': os.getpgrp(), 'descriptors': self.descriptors,
                'environment': dict(os.environ), 'blocked': [int(s) for s in mask],
                'stdin': os.readlink('/proc/self/fd/0')}

    def settings(self):
        header = MESSAGE.unpack(self.control.recv(MESSAGE.size))
        return [header[0], self.control.recv(1 << 20).hex()]

    def ready(self):
        self.control.send(MESSAGE.pack(READY, 0, b''))

    def receive(self):
        data, ancillary, _, _ = self.control.recvmsg(MESSAGE.size, socket.CMSG_SPACE(4))
        if not data:
            return None
        kind, slot, peer = MESSAGE.unpack(data)
        for _, _, raw in ancillary:
            self.sockets[slot] = socket.socket(fileno=array.array('i', raw)[0])
        return [kind, slot, peer.split(b'\0')[0].decode()]

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

    def deafen(self):
        self.control.close()

    def say(self, length):
        self.control.send(b'x' * length)

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
            answer = getattr(worker, name)(*arguments)
            lines.write(json.dumps(answer) + '\n')
            lines.flush()
    return 0


if __name__ == '__main__':
    sys.exit(main())
