# SPDX-License-Identifier: Apache-2.0
"""vaccel-agent with its own worker, watched from outside."""
import collections
import contextlib
import os
import pathlib
import re
import select
import signal
import subprocess
import time

from harness import Agent, process_exists, until

REST = 0.05  # seconds in which nothing changes


def children_of(pid):
    """Of all threads of one that may have ended."""
    found = []
    for thread in pathlib.Path(f'/proc/{pid}/task').glob('*'):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found += (thread / 'children').read_text(encoding='ascii').split()
    return [int(word) for word in found if process_exists(int(word))]


def descriptors_of(pid):
    """What each open descriptor is; the numbers of sockets do not matter."""
    found = []
    for name in os.listdir(f'/proc/{pid}/fd'):
        try:
            found.append(re.sub(r'\d+', 'N', os.readlink(f'/proc/{pid}/fd/{name}')))
        except FileNotFoundError:
            pass
    return sorted(found)


def exceeds(now, before):
    """
    Whether a look finds more of anything than the other one. The one before may have found what was just about to
    go: how long an agent takes to forget a client is not known.
    """
    return any(collections.Counter(n) - collections.Counter(b) if isinstance(n, list) else n > b
               for n, b in zip(now, before))


def below(folder):
    return sorted(os.path.join(root, name) for root, folders, files in os.walk(folder)
                  for name in folders + files)


class RealAgent(Agent):
    """It has its worker beside it where it was built."""

    def __init__(self, program):
        super().__init__(program, worker=None)
        self.program = pathlib.Path(program).resolve()

    def serve(self, plugins, *options, environment=None):
        """Started, with a worker that is ready."""
        self.log.write_bytes(b'')
        self.start(*options, plugins=plugins, environment=environment)
        try:
            until(lambda: self.process.poll() is not None or self.is_ready())
        except TimeoutError:
            self.stop()
            raise
        return self

    def is_ready(self):
        """It says so twice; a test may let one of them fail."""
        worker = self.worker_pid()
        return worker and (f'worker {worker} is ready' in self.read_log() or self.has_notified())

    def has_notified(self):
        there, _, _ = select.select([self.notified], [], [], 0)
        return there and self.notified.recv(100) == b'READY=1'

    def read_log(self):
        return self.log.read_text(errors='replace')

    def worker_pid(self):
        """None: there is none now."""
        children = children_of(self.process.pid)
        return children[0] if children else None

    def look(self):
        """What must be the same when no client is there."""
        worker = self.worker_pid()
        if not worker:
            return None
        try:
            return (descriptors_of(worker), len(os.listdir(f'/proc/{worker}/task')),
                    descriptors_of(self.process.pid), len(below(self.runtime)))
        except (FileNotFoundError, ProcessLookupError):
            return None

    def has_no_more(self, before):
        """Than that look found."""
        now = self.look()
        return now is not None and not exceeds(now, before)

    def look_at_rest(self):
        before, now = None, self.look()
        while before != now or not now:
            time.sleep(REST)
            before, now = now, self.look()
        return now

    def run_client(self, rpc, program, *arguments, **environment):
        """An application, by way of the plugin at @rpc, to its end."""
        environment = {**os.environ, 'VACCEL_PLUGINS': str(rpc), 'VACCEL_LOG_LEVEL': '1',
                       'VACCEL_RPC_ADDRESS': self.address, **environment}
        return subprocess.run([program, *map(str, arguments)], env=environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)

    def end(self):
        """SIGTERM; returns what it ended with."""
        self.signal(signal.SIGTERM)
        return self.wait()

    def processes(self):
        """Those that the agent began have its directory."""
        found = []
        for pid in filter(str.isdigit, os.listdir('/proc')):
            with contextlib.suppress(OSError):
                if os.readlink(f'/proc/{pid}/cwd') == str(self.folder) and process_exists(pid):
                    found.append(f'process {pid}')
        return found

    def left_behind(self):
        """Once it ended: processes, files. Some need a moment to end."""
        with contextlib.suppress(TimeoutError):
            until(lambda: not self.processes())
        return self.processes() + below(self.runtime) + [str(self.path)] * self.path.exists()


class RealDevice(RealAgent):
    """With a virtio device instead of sockets; its worker is replaced after each client."""

    @property
    def address(self):
        return f'virtio://{self.path}'

    def start(self, *options, listen=True, **how):
        at = ('--listen', f'vhost-user://{self.path}') if listen else ()
        return super().start(*at, *options, listen=False, **how)

    def look(self):
        """A worker that is not ready yet has not all that it will have."""
        if f'worker {self.worker_pid()} is ready' not in self.read_log():
            return None
        return super().look()
