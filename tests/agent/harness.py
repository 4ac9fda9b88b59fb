# SPDX-License-Identifier: Apache-2.0
"""Start vaccel-agent in a folder of its own, with a fake worker, or without any."""
import array
import contextlib
import ctypes
import json
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

PATIENCE = 20  # seconds for what takes milliseconds
HERE = pathlib.Path(__file__).resolve().parent
# As struct settings: listen, plugins, allow_exec, allow_kernels, hosts, limits, timeouts, device.
SETTINGS = struct.Struct('@' + '256s' * 16 + 'Q4096s??' + '256s' * 32 + 'Q8Q4Q2Q')
LIMITS = ['connections', 'sessions', 'resources', 'resource_bytes', 'held_bytes', 'calls',
          'message_bytes', 'connection_bytes']
TIMEOUTS = ['hello_ms', 'stall_ms', 'drain_ms', 'reset_ms']
DEVICE = ['spin_us', 'front_ends']
HEADER = struct.Struct('<IHHQQII')
FIELD = struct.Struct('<HHI')
GOODBYE, SENTENCE = 4, 1
SO_PASSRIGHTS = 83
PIDFD_GETFD = 438
libc = ctypes.CDLL(None)


def text(raw):
    return raw.split(b'\0')[0].decode()


def parse_settings(raw):
    values = list(SETTINGS.unpack(raw))
    listen, nr_listen, plugins = values[:16], values[16], values[17]
    hosts, nr_hosts, numbers = values[20:52], values[52], values[53:]
    return {'listen': [text(a) for a in listen[:nr_listen]], 'plugins': text(plugins),
            'allow_exec': values[18], 'allow_kernels': values[19],
            'hosts': [text(h) for h in hosts[:nr_hosts]],
            **dict(zip(LIMITS + TIMEOUTS + DEVICE, numbers))}


def until(condition):
    """Wait for what becomes true soon, and return it."""
    end = time.monotonic() + PATIENCE
    while not (value := condition()):
        if time.monotonic() > end:
            raise TimeoutError('it did not become true')
        time.sleep(0.005)
    return value


@contextlib.contextmanager
def lingering(seconds=3 * PATIENCE):
    """A connection that takes no more bytes, and has some to send: who closes it last waits for so long."""
    with socket.socket() as listening:
        listening.bind(('127.0.0.1', 0))
        listening.listen(1)
        connection = socket.create_connection(listening.getsockname())
        with connection, listening.accept()[0]:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, seconds))
            connection.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while connection.send(bytes(65536)):
                    pass
            yield connection


@contextlib.contextmanager
def held_up(*connections):
    """With a connection that lingers in the queue of the other end of each, unread, and open nowhere else."""
    with lingering() as connection:
        for each in connections:
            each.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                                   array.array('i', [connection.fileno()]))])
        connection.close()
        yield


def process_exists(pid):
    try:
        state = pathlib.Path(f'/proc/{pid}/stat').read_text(encoding='ascii')
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state.rsplit(')', 1)[1].split()[0] != 'Z'


def receive_all(connection):
    data = b''
    try:
        while part := connection.recv(65536):
            data += part
    except ConnectionResetError:
        pass
    return data


def read_goodbye(connection):
    """The status and the sentence, after which there must be nothing."""
    data = receive_all(connection)
    body_size, kind, flags, call, payload, deadline, status = HEADER.unpack(data[:HEADER.size])
    tag, field_flags, size = FIELD.unpack(data[HEADER.size:HEADER.size + FIELD.size])
    assert (kind, flags, call, payload, deadline) == (GOODBYE, 0, 0, 0, 0)
    assert (tag, field_flags) == (SENTENCE, 0)
    assert len(data) == HEADER.size + body_size
    start = HEADER.size + FIELD.size
    return status, data[start:start + size].decode()


class Puppet:
    """The other end of a fake worker."""

    def __init__(self, connection):
        self.connection = connection
        self.lines = connection.makefile('rw')
        self.about = self.tell('about')
        self.generation = self.device = None

    def tell(self, *command):
        self.lines.write(json.dumps(command) + '\n')
        self.lines.flush()
        return json.loads(self.lines.readline())

    def tell_last(self, *command):
        """Something that it does not survive."""
        self.lines.write(json.dumps(command) + '\n')
        self.lines.flush()
        self.lines.read()

    def settings(self):
        kind, raw, self.generation, self.device = self.tell('settings')
        assert kind == 1
        return parse_settings(bytes.fromhex(raw))

    def become_ready(self):
        settings = self.settings()
        self.tell('ready')
        return settings

    @property
    def pid(self):
        return self.about['pid']

    @property
    def run_directory(self):
        return pathlib.Path(self.about['environment']['XDG_RUNTIME_DIR'])

    def close(self):
        self.lines.close()
        self.connection.close()


class Agent:
    """vaccel-agent in a temporary folder, in which also its sockets and files are."""

    def __init__(self, program, worker=HERE / 'fake_worker.py'):
        self.temporary = tempfile.TemporaryDirectory(prefix='agent-')
        self.folder = pathlib.Path(self.temporary.name)
        self.program = self.folder / 'vaccel-agent'
        shutil.copy(program, self.program)
        if worker:
            shutil.copy(worker, self.folder / 'vaccel-worker')
            (self.folder / 'vaccel-worker').chmod(0o755)
        self.runtime = self.folder / 'runtime'
        self.runtime.mkdir()
        self.log = self.folder / 'log'
        self.director = self.listen_at('director', socket.SOCK_STREAM)
        self.notified = self.listen_at('notify', socket.SOCK_DGRAM)
        self.puppets = []
        self.nr_addresses = 0  # of all that were started
        self.process = None

    def take_descriptors(self):
        """Its sockets take them from now on, as all do on kernels before 6.16."""
        process = os.pidfd_open(self.process.pid)
        one = ctypes.c_int(1)
        for name in os.listdir(f'/proc/{self.process.pid}/fd'):
            number = libc.syscall(PIDFD_GETFD, process, int(name), 0)
            libc.setsockopt(number, socket.SOL_SOCKET, SO_PASSRIGHTS, ctypes.byref(one), ctypes.sizeof(one))
            libc.close(number)
        os.close(process)

    def listen_at(self, name, kind):
        listening = socket.socket(socket.AF_UNIX, kind)
        listening.settimeout(PATIENCE)
        listening.bind(str(self.folder / name))
        if kind == socket.SOCK_STREAM:
            listening.listen()
        return listening

    def environment(self, **more):
        kept = {k: v for k, v in os.environ.items() if k != 'VACCEL_PLUGINS'}
        return {**kept, 'XDG_RUNTIME_DIR': str(self.runtime), 'LC_ALL': 'C',
                'FAKE_WORKER': str(self.folder / 'director'),
                'NOTIFY_SOCKET': str(self.folder / 'notify'), **more}

    def start(self, *options, plugins='noop', listen=True, environment=None, **popen):
        if plugins:
            options = ('--plugins', plugins, *options)
        if listen:
            options = ('--listen', self.address, *options)
        self.nr_addresses += options.count('--listen')
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen([self.program, *options], stderr=log,
                                            stdin=subprocess.DEVNULL, cwd=self.folder,
                                            env=self.environment(**environment or {}), **popen)
        return self

    def run(self, *options, **more):
        """To its end: its status, its output, its errors."""
        done = subprocess.run([self.program, *options], env=self.environment(**more), text=True,
                              cwd=self.folder, timeout=PATIENCE, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return done.returncode, done.stdout, done.stderr

    @property
    def path(self):
        return self.folder / 'agent.sock'

    @property
    def address(self):
        return f'unix://{self.path}'

    def worker(self):
        """The next worker that is started."""
        connection, _ = self.director.accept()
        connection.settimeout(PATIENCE)
        self.puppets.append(Puppet(connection))
        return self.puppets[-1]

    def ready_worker(self):
        worker = self.worker()
        worker.become_ready()
        until(lambda: f'worker {worker.pid} is ready' in self.log.read_text())
        return worker

    def first_worker(self):
        """Then the agent has come up: it opens and closes nothing any more by itself."""
        worker = self.ready_worker()
        until(lambda: self.log.read_text().count(' agent: listening ') == self.nr_addresses)
        return worker

    def connect(self):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(PATIENCE)
        connection.connect(str(self.path))
        return connection

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        return self.process.wait(PATIENCE)

    def stop(self):
        """A test may have ended anywhere."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        for puppet in self.puppets:
            puppet.close()
        self.director.close()
        self.notified.close()
        if self.log.exists():
            sys.stdout.write(''.join(f'# {line}\n' for line in self.log.read_text().splitlines()))
        self.temporary.cleanup()
