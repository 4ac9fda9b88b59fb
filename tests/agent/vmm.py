# SPDX-License-Identifier: Apache-2.0
"""The vsock of a virtual machine as hosts of Firecracker and Cloud Hypervisor see it: vmm.py HOST GUEST

HOST is the path of the socket that a VMM has on its host. Who connects there says to which of the guest's
ports; and when the guest connects to a port, the VMM connects to HOST_<port>. There is no guest here.
GUEST is its side: the same again, seen from within, so that the ends differ in nothing but the paths.
"""
import contextlib
import itertools
import os
import pathlib
import re
import signal
import socket
import sys
import threading

LONGEST_LINE = 32
PIECE = 1 << 18
ports = itertools.count(1 << 30)


def read_line(connection):
    line = b''
    while len(line) < LONGEST_LINE and not line.endswith(b'\n'):
        byte = connection.recv(1)
        if not byte:
            break
        line += byte
    return line


def pass_on(source, sink):
    with contextlib.suppress(OSError):
        while piece := source.recv(PIECE):
            sink.sendall(piece)
    for end, how in (sink, socket.SHUT_WR), (source, socket.SHUT_RD):
        with contextlib.suppress(OSError):
            end.shutdown(how)


def connect(path):
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(path)
    except OSError:
        connection.close()
        return None
    return connection


def serve(connection, other_side):
    """Where nobody listens, or what was said is no request, the connection is closed without a word."""
    with connection:
        asked = re.fullmatch(rb'CONNECT (\d+)\n', read_line(connection))
        beyond = connect(f'{other_side}_{int(asked.group(1))}') if asked else None
        if not beyond:
            return
        with beyond:
            connection.sendall(b'OK %d\n' % next(ports))
            back = threading.Thread(target=pass_on, args=(beyond, connection), daemon=True)
            back.start()
            pass_on(connection, beyond)
            back.join()


def listen(path, other_side):
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen()

    def accept():
        while True:
            connection, _ = listening.accept()
            threading.Thread(target=serve, args=(connection, other_side), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def main():
    host, guest = sys.argv[1:]
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    listen(host, guest)
    listen(guest, host)
    print('ready', flush=True)
    signal.sigwait({signal.SIGTERM})
    for path in host, guest:
        pathlib.Path(path).unlink()
    os._exit(0)


if __name__ == '__main__':
    main()
