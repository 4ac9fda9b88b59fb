# SPDX-License-Identifier: Apache-2.0
"""vaccel-agent with its own worker, watched from outside."""
import os
import pathlib
import re
import signal
import time

from harness import Agent, process_exists, until

REST = 0.05  # seconds in which nothing changes


def children_of(pid):
    """Of one that may have ended."""
    try:
        text = pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text(encoding='ascii')
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(word) for word in text.split() if process_exists(int(word))]


def descriptors_of(pid):
    """What each open descriptor is; the numbers of sockets do not matter."""
    found = []
    for name in os.listdir(f'/proc/{pid}/fd'):
        try:
            found.append(re.sub(r'\d+', 'N', os.readlink(f'/proc/{pid}/fd/{name}')))
        except FileNotFoundError:
            pass
    return sorted(found)


def below(folder):
    return sorted(os.path.join(root, name) for root, folders, files in os.walk(folder)
                  for name in folders + files)


class RealAgent(Agent):
    """It has its worker beside it where it was built."""

    def __init__(self, program):
        super().__init__(program, worker=None)
        self.program = pathlib.Path(program).resolve()
        self.pids = set()

    def serve(self, plugins, *options, environment=None):
        """Started, with a worker that is ready."""
        self.log.write_bytes(b'')
        self.start(*options, plugins=plugins, environment=environment)
        until(lambda: self.process.poll() is not None or self.is_ready())
        return self

    def is_ready(self):
        worker = self.worker_pid()
        self.pids.add(worker)
        return worker and f'worker {worker} is ready' in self.read_log()

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

    def look_at_rest(self):
        before, now = None, self.look()
        while before != now or not now:
            time.sleep(REST)
            before, now = now, self.look()
        return now

    def end(self):
        """SIGTERM; returns what it ended with."""
        self.signal(signal.SIGTERM)
        return self.wait()

    def left_behind(self):
        """Once it ended: processes, files."""
        until(lambda: not any(pid and process_exists(pid) for pid in self.pids))
        return below(self.runtime) + [str(self.path)] * self.path.exists()
