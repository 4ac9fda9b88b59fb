# SPDX-License-Identifier: Apache-2.0
"""Run a program with a plugin, then through agents with that plugin: it must do the same.

remote.py AGENT RPC-PLUGIN PLUGIN AGENT-OPTIONS PROGRAM [ARGUMENT...]

Compared are the exit code and what it prints, but for times and for what the library and frameworks log.
"""
import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

PATIENCE = 20  # seconds for what takes milliseconds
LOADING = 120  # seconds for a framework, which takes one or two
LOG_LINE = re.compile(r'^(\d{4}\.\d\d\.\d\d-|(==\d+==)?(INFO|WARNING): |I\d{4} ).*\n?', re.MULTILINE)
TIME = re.compile(r' *\b\d+\.\d\d\b(?! %)')
LOCAL_CID = 1


def run(command, environment):
    done = subprocess.run(command, env={**os.environ, **environment}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    errors = LOG_LINE.sub('', done.stderr)
    return done.returncode, TIME.sub(' TIME', done.stdout), TIME.sub(' TIME', errors)


def free_port(family, host):
    """One that can be listened at and connected to; None if this machine has no such address."""
    with contextlib.suppress(OSError), socket.socket(family) as listener:
        listener.bind((host, socket.VMADDR_PORT_ANY if family == socket.AF_VSOCK else 0))
        listener.listen()
        port = listener.getsockname()[1]
        with socket.socket(family) as client:
            client.connect((host, port))
        return port
    return None


def addresses(folder):
    """One of each kind that there can be on this machine, for agents and for clients."""
    kinds = [('tcp://127.0.0.1', socket.AF_INET, '127.0.0.1'),
             ('tcp://[::1]', socket.AF_INET6, '::1'),
             (f'vsock://{LOCAL_CID}', socket.AF_VSOCK, LOCAL_CID)]
    yield f'vhost-user://{folder}/device', f'virtio://{folder}/device'
    yield f'unix://{folder}/socket', f'unix://{folder}/socket'
    for prefix, family, host in kinds:
        port = free_port(family, host)
        if port:
            yield f'{prefix}:{port}', f'{prefix}:{port}'
        else:
            print(f'no {prefix} on this machine')


def wait_until_ready(notified, process):
    """Clients wait for a welcome as well, but not as long as the plugin may take on a machine that is busy."""
    end = time.monotonic() + LOADING
    notified.settimeout(0.1)
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(TimeoutError):
            assert notified.recv(100) == b'READY=1'
            return
    raise TimeoutError('the agent does not come up')


@contextlib.contextmanager
def agent(program, plugin, options, listen, folder):
    command = [program, '--plugins', plugin, *options]
    for address, _ in listen:
        command += ['--listen', address]
    notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notified.bind(f'{folder}/notify')
    process = subprocess.Popen(command, env={**os.environ, 'NOTIFY_SOCKET': f'{folder}/notify'})
    try:
        wait_until_ready(notified, process)
        yield
        process.send_signal(signal.SIGTERM)
        code = process.wait(PATIENCE)
        if code:
            sys.exit(f'the agent ended with {code}')
    finally:
        notified.close()
        if process.poll() is None:
            process.kill()
            process.wait()


def main():
    program, rpc, plugin, options, *command = sys.argv[1:]
    expected = run(command, {'VACCEL_PLUGINS': plugin})
    different = 0
    with tempfile.TemporaryDirectory() as folder:
        listen = list(addresses(pathlib.Path(folder)))
        with agent(program, plugin, options.split(), listen, folder):
            for _, address in listen:
                found = run(command, {'VACCEL_PLUGINS': rpc, 'VACCEL_RPC_ADDRESS': address})
                if found != expected:
                    print(f'through {address}:', *found, 'and not:', *expected, sep='\n')
                    different += 1
    print(f'{len(listen) - different} of {len(listen)} the same')
    return 1 if different else 0


if __name__ == '__main__':
    sys.exit(main())
