# SPDX-License-Identifier: Apache-2.0
"""A real agent with virtio devices, attacked by machines; and a file's cases."""
import contextlib
import os
import signal
import subprocess
import sys

import agent
import cases
import client
from agent import SANITIZER, below, children_of, descriptors_of
from front import Front, Gone
from guest import Missing, guest
from memory import place_in_process

AWAY = (client.Closed, Gone, ConnectionError, TimeoutError, Missing)


class Victim(agent.Agent):
    """The program, in a folder of its own, with an address for devices."""

    scheme = 'vhost-user'

    def __init__(self, program, plugins, configuration='', options=(), slowness=1, query=''):
        self.told = (program, plugins, configuration, options, slowness)
        self.query = query
        super().__init__(program, plugins, configuration, options, slowness)

    @property
    def path(self):
        return self.folder / 'vm.sock'

    def start(self, command):
        """As the other agents are started, but with a device instead of sockets."""
        end = command.index('--listen')
        options = command[end + 4:]
        self.command = command[:end] + ['--listen', f'{self.scheme}://{self.path}{self.query}'] + options
        self.run()
        client.wait_until(lambda: f'listening at {self.scheme}' in self.log(), self.patience,
                          lambda: f'the agent does not come up:\n{self.log()}')
        self.before = self.look()
        self.is_usable_soon()

    def run(self):
        # Memory that goes away ends a worker, which is no finding.
        sanitizer = os.environ.get('ASAN_OPTIONS', '') + ':handle_sigbus=0'
        environment = {**os.environ, 'XDG_RUNTIME_DIR': str(self.runtime), 'LC_ALL': 'C',
                       'ASAN_OPTIONS': sanitizer, 'LD_PRELOAD': os.environ.get('AGENT_PRELOAD', '')}
        with open(self.log_file, 'ab') as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env=environment)
        client.wait_until(self.is_listening, self.patience,
                          lambda: f'the agent does not listen:\n{self.log()}')

    def is_listening(self):
        assert self.process.poll() is None, f'the agent ended:\n{self.log()}'
        return self.path.exists()

    def pid_of_worker(self, guest):
        """The one that serves it now, which has its memory; there may be none for a moment."""
        found = []

        def has_memory(pid):
            try:
                return place_in_process(pid, guest.memory.regions[0])
            except (FileNotFoundError, ProcessLookupError):
                return False

        def is_found():
            found[:] = filter(has_memory, children_of(self.process.pid))
            return found

        client.wait_until(is_found, self.patience, lambda: f'there is no worker:\n{self.log()}')
        return found[0]

    def look(self):
        workers = children_of(self.process.pid)
        return len(workers), descriptors_of(self.process.pid), len(below(self.runtime))

    def front(self, **how):
        return Front(self.path, patience=self.patience, **how)

    def guest(self, **how):
        """A machine that is served, or AssertionError: the one before it may not be gone yet."""
        made = []

        def served():
            try:
                made.append(guest(self.path, patience=self.patience, **how))
                return True
            except AWAY:
                return False

        client.wait_until(served, self.patience, lambda: f'no machine is served:\n{self.log()}')
        return made[0]

    def is_usable(self):
        """Another machine, which knows nothing of the attack, is served."""
        with guest(self.path, patience=self.patience) as honest:
            session = honest.begin()
            assert honest.call(session).status == 0
            honest.end(session)

    def is_usable_soon(self):
        def served():
            assert self.process.poll() is None, f'the agent ended:\n{self.log()}'
            try:
                self.is_usable()
                return True
            except AWAY:
                return False

        client.wait_until(served, self.patience, lambda: f'nobody is served any more:\n{self.log()}')

    def is_the_same(self):
        """It has a worker, and nothing left of any machine."""
        client.wait_until(lambda: self.look() == self.before, self.patience,
                          lambda: f'left behind: before {self.before}\nnow {self.look()}')

    def is_sound(self):
        log = self.log()
        found = SANITIZER.search(log)
        assert not found, log[found.start():found.start() + 4000]

    @contextlib.contextmanager
    def another(self, query='', configuration=None):
        """One that a test may stop and kill; @query stands behind its address."""
        program, plugins, usual, *rest = self.told
        made = type(self)(program, plugins, usual if configuration is None else configuration, *rest, query=query)
        try:
            yield made
        finally:
            made.kill()

    @contextlib.contextmanager
    def stopped(self):
        os.kill(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process.pid, signal.SIGCONT)

    def kill_worker(self, guest, number=signal.SIGKILL):
        os.kill(self.pid_of_worker(guest), number)


def attack(victim, case):
    case(victim)
    victim.is_usable_soon()
    victim.is_sound()


def main(module, configuration='', options=(), kind=Victim):
    """
    Attack one agent with all cases of a module; then nothing of them may be left, and it must end in good
    order. In the configuration {short} stands for milliseconds that are not long to wait for.
    """
    told = cases.arguments()
    found = cases.cases_of(sys.modules[module])
    print(f'1..{len(found) + 2}', flush=True)
    victim = kind(told.program, told.plugins,
                  configuration.format(short=cases.SHORT * told.slowness), options, told.slowness)
    try:
        passed = [cases.report(number, name, lambda case=case: attack(victim, case))
                  for number, (name, case) in enumerate(found, 1)]
        passed += [cases.report(len(found) + 1, 'nothing is left in the agent', victim.is_the_same),
                   cases.report(len(found) + 2, 'the agent ends in good order', victim.stop)]
    finally:
        victim.kill()
    sys.exit(not all(passed))
