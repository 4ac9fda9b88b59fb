# SPDX-License-Identifier: Apache-2.0
"""A real agent under attack, watched from outside."""
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time

import client
import wire
from real import below, children_of, descriptors_of

SANITIZER = re.compile(r'ERROR: \w+Sanitizer|runtime error:|WARNING: ThreadSanitizer')


def threads_of(pid):
    return len(os.listdir(f'/proc/{pid}/task'))


class Agent:
    """The program, in a folder of its own, listening on a unix socket and on TCP."""

    def __init__(self, program, plugins, configuration='', options=(), slowness=1):
        self.patience = client.PATIENCE * slowness
        self.slowness = slowness
        self.plugins = plugins
        self.scratch = tempfile.TemporaryDirectory(prefix='vaccel-hostile-')
        self.folder = pathlib.Path(self.scratch.name)
        self.runtime = self.folder / 'run'
        self.runtime.mkdir()
        self.log_file = self.folder / 'log'
        self.address = f'unix://{self.folder}/socket'
        (self.folder / 'agent.toml').write_text(configuration)
        self.start([program, '--config', str(self.folder / 'agent.toml'), '--plugins', plugins,
                    '--listen', self.address, '--listen', 'tcp://127.0.0.1:0', *options])

    def start(self, command):
        environment = {**os.environ, 'XDG_RUNTIME_DIR': str(self.runtime), 'LC_ALL': 'C'}
        with open(self.log_file, 'wb') as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env=environment)
        client.wait_until(self.is_listening, self.patience,
                          lambda: f'the agent does not listen:\n{self.log()}')
        self.tcp_address = re.search(r'listening at (tcp://\S+)', self.log()).group(1)
        self.worker = children_of(self.process.pid)[0]
        self.before = self.look()
        self.is_usable_soon()

    def is_listening(self):
        assert self.process.poll() is None, f'the agent ended:\n{self.log()}'
        return 'listening at tcp://' in self.log()

    def log(self):
        return self.log_file.read_text(errors='replace')

    def look(self):
        """What must be the same when nobody is connected any more as when nobody had been yet."""
        return (descriptors_of(self.worker), threads_of(self.worker),
                descriptors_of(self.process.pid), below(self.runtime))

    def is_usable(self):
        """Another client, which knows nothing of the attack, is served."""
        with self.client() as honest:
            session = honest.begin()
            assert honest.call(session).status == 0
            honest.end(session)

    def is_usable_soon(self):
        """There is room for one more client, once the last ones are gone."""
        def served():
            try:
                self.is_usable()
                return True
            except client.Closed:
                return False

        client.wait_until(served, self.patience, 'nobody is served any more')

    def client(self, **how):
        return client.Client(self.address, self.patience, **how)

    def connection(self, address=None):
        return client.Connection(address or self.address, self.patience)

    def is_the_same(self):
        """The worker lives, and has nothing left of any client."""
        assert children_of(self.process.pid) == [self.worker], f'another worker:\n{self.log()}'
        client.wait_until(lambda: self.look() == self.before, self.patience,
                          lambda: f'left behind: before {self.before}\nnow {self.look()}')

    def stop(self):
        """SIGTERM; it must end by itself, leave nothing, and have nothing to complain of."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f'the agent does not end:\n{self.log()}') from None
        left = below(self.runtime)
        log = self.log()
        self.scratch.cleanup()
        assert code == 0, f'the agent ended with {code}:\n{log}'
        assert not left, f'the agent left {left}'
        assert not SANITIZER.search(log), log

    def kill(self):
        """After a failed test."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def closed_with(connection, words=''):
    """The agent must say goodbye, with a sentence that has @words, and close. Returns it."""
    messages, goodbye = connection.until_closed()
    assert goodbye, f'closed without a goodbye, after {messages}'
    sentence = client.sentence_of(goodbye)
    assert goodbye.header['status'] and sentence, f'a goodbye without a reason: {goodbye}'
    assert goodbye.header['id'] == 0 and goodbye.payload == b''
    assert re.search(words, sentence), f'"{sentence}" does not say "{words}"'
    return sentence


def refused_with(answer, words, *statuses):
    """An error answer with a sentence that has @words."""
    assert answer.status, f'was not refused: {answer}'
    assert not statuses or answer.status in statuses, answer
    assert re.search(words, answer.sentence), f'"{answer.sentence}" does not say "{words}"'
    return answer


def greeted(agent, *messages):
    """A connection that has said hello and sent @messages."""
    connection = agent.connection()
    connection.send(wire.message(wire.HELLO, 1, wire.hello_body()), *messages)
    answer = connection.receive()
    assert answer.header['type'] == wire.ANSWER and answer.header['status'] == 0
    return connection
