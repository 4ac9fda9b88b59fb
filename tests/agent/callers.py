# SPDX-License-Identifier: Apache-2.0
"""Applications that call through an agent, and do what a test says: caller.c."""
import contextlib
import os
import pathlib
import select
import signal
import subprocess
import tempfile
import threading

from harness import PATIENCE, until

KEEPALIVE = 15000  # milliseconds


def states_of(pid):
    """Of its threads."""
    found = set()
    for task in pathlib.Path(f'/proc/{pid}/task').iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            found.add((task / 'stat').read_text(encoding='ascii').rsplit(')', 1)[1].split()[0])
    return found


def freeze(pid):
    """Until nothing of it runs any more."""
    os.kill(pid, signal.SIGSTOP)
    until(lambda: states_of(pid) == {'T'})


class Caller:
    def __init__(self, program, rpc, address, keepalive=KEEPALIVE):
        self.errors = tempfile.TemporaryFile('w+')
        self.runtime = tempfile.TemporaryDirectory(prefix='caller-')
        environment = {**os.environ, 'VACCEL_PLUGINS': str(rpc), 'VACCEL_RPC_ADDRESS': address,
                       'VACCEL_RPC_KEEPALIVE': str(keepalive),
                       'XDG_RUNTIME_DIR': self.runtime.name, 'LC_ALL': 'C'}
        self.process = subprocess.Popen([program], env=environment, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.errors)

    def tell(self, step):
        self.process.stdin.write(step.encode() + b'\n')
        self.process.stdin.flush()

    def answer(self):
        """The error code of the step before."""
        if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
            raise TimeoutError(f'a caller does not answer: {self.said()}')
        line = self.process.stdout.readline().split()
        if not line:
            raise EOFError(f'a caller ended: {self.said()}')
        return int(line[1])

    def has_answered(self):
        return bool(select.select([self.process.stdout], [], [], 0)[0])

    def do(self, step):
        self.tell(step)
        return self.answer()

    def must(self, *steps):
        for step in steps:
            code = self.do(step)
            assert code == 0, f'{step}: {code}: {self.said()}'

    def said(self):
        """What it logged."""
        self.errors.seek(0)
        return self.errors.read()

    def has_said(self, sentence):
        return sentence in self.said()

    def kill(self):
        """Also one that is stopped."""
        self.process.kill()
        self.process.wait()
        self.runtime.cleanup()
        for file in (self.process.stdin, self.process.stdout, self.errors):
            with contextlib.suppress(BrokenPipeError):  # what it was told last, and did not read
                file.close()

    def is_waiting(self):
        """It sleeps, in a call of the system's."""
        return states_of(self.process.pid) == {'S'}

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)


class Witness(threading.Thread):
    """Calls all the time. After an error it begins a new session, and goes on."""

    def __init__(self, caller):
        super().__init__()
        self.caller = caller
        self.calls = self.errors = 0
        self.trouble = None
        self.enough = threading.Event()
        caller.must('begin')
        self.start()

    def run(self):
        try:
            while not self.enough.is_set():
                self.call()
        except Exception as trouble:  # told by the thread that waits for this one
            self.trouble = trouble

    def call(self):
        if self.caller.do('call') == 0:
            self.calls += 1
            return
        self.errors += 1
        self.caller.do('end')
        while self.caller.do('begin') and not self.enough.is_set():
            self.errors += 1

    def await_calls(self):
        """Until it has gone on."""
        now = self.calls
        until(lambda: self.calls > now + 1 or self.trouble)

    def end(self):
        """Returns how many errors there were, once it has met all that happened until now."""
        self.await_calls()
        self.enough.set()
        self.join()
        if self.trouble:
            raise self.trouble
        self.caller.must('call', 'end')
        return self.errors
