# SPDX-License-Identifier: Apache-2.0
"""Clients, workers and brokers that are killed at each step of a conversation, while others go on.

test_kill.py AGENT CALLER RPC MIRROR [PART-OF-NAME]
"""
import contextlib
import os
import pathlib
import re
import signal
import sys
import time
import unittest

import tap
from callers import Caller, KEEPALIVE, Witness, freeze
from harness import PATIENCE, receive_all, until
from real import RealAgent, below, descriptors_of

AGENT, CALLER, RPC, MIRROR = (pathlib.Path(path).resolve() for path in sys.argv[1:5])
del sys.argv[2:5]
MOMENT = 0.1  # seconds, for buffers to fill
SHORT = 900  # milliseconds, as keepalive
GIVEN_UP = re.compile('no sign of life|takes no bytes|fell silent')
HALF_A_HEADER = b'\x18\0\0\0\x01\0\0\0'


class Case(unittest.TestCase):
    """An agent, a witness that calls all the time, and a helper that opens for those that wait."""

    witness = None

    def setUp(self):
        self.agent = RealAgent(AGENT)
        self.addCleanup(self.agent.stop)
        self.agent.serve(str(MIRROR))
        self.callers = []
        self.addCleanup(self.kill_all)
        self.before = self.look_after_one()
        self.helper = self.caller()
        self.witness = Witness(self.caller())

    def caller(self, keepalive=KEEPALIVE):
        self.callers.append(Caller(CALLER, RPC, self.agent.address, keepalive))
        return self.callers[-1]

    def kill_all(self):
        for caller in self.callers:
            caller.kill()
        if self.witness:
            self.witness.join(PATIENCE)

    def look_after_one(self):
        """A sanitizer has a thread of its own, from when there is a first other one."""
        descriptors = self.agent.look_at_rest()[0]
        first = self.caller()
        first.must('begin', 'call', 'end')
        first.kill()
        until(lambda: self.agent.look()[0] == descriptors)
        return self.agent.look_at_rest()

    def freeze_worker(self):
        freeze(self.agent.worker_pid())

    def await_another(self, worker):
        until(lambda: self.agent.worker_pid() not in (None, worker) and self.agent.is_ready())

    # The steps. Each brings a caller there, and no further.

    def at_session(self, caller):
        caller.must('begin')

    def at_resource(self, caller):
        caller.must('begin', 'upload')

    def at_held_output(self, caller):
        caller.must('begin', 'hold')

    def at_upload(self, caller):
        self.in_the_middle(caller, 'upload')

    def at_file(self, caller):
        """The worker has a file open, of which it has a part."""
        caller.must('begin')
        caller.tell('upload-file')
        while not self.worker_has_file():
            if caller.has_answered():
                caller.answer()
                caller.must('end', 'begin')
                caller.tell('upload-file')
        freeze(caller.process.pid)

    def worker_has_file(self):
        return any('resource.' in path for path in descriptors_of(self.agent.worker_pid()))

    def at_payload(self, caller):
        self.in_the_middle(caller, 'payload')

    def in_the_middle(self, caller, step):
        """It sends, and the worker, which is stopped, does not take it all."""
        caller.must('begin')
        self.freeze_worker()
        caller.tell(step)
        time.sleep(MOMENT)
        until(caller.is_waiting)

    def at_call(self, caller):
        caller.must('begin')
        caller.tell('wait')
        self.helper.must('begin', 'see 1')

    def at_answer(self, caller):
        """The worker sends, and the caller, which is stopped, does not take it all."""
        caller.must('begin')
        caller.tell('wait-for-much')
        self.helper.must('begin', 'see 1')
        freeze(caller.process.pid)
        self.helper.must('open 1')
        time.sleep(MOMENT)

    STEPS = ['session', 'resource', 'held_output', 'upload', 'file', 'payload', 'call', 'answer']
    # At these the caller is in a call of its own, and learns what happened without another one.
    BUSY = {'upload', 'file', 'payload', 'call', 'answer'}

    def reach(self, step, caller):
        getattr(self, 'at_' + step)(caller)

    def impatient_at(self, step):
        """A caller that is there. Where all is slow one may have given the agent up before: then another one."""
        while True:
            caller = self.caller(SHORT)
            try:
                self.reach(step, caller)
                return caller
            except AssertionError:
                if not GIVEN_UP.search(caller.said()):
                    raise

    # What must be then.

    def assert_nothing_left_in_agent(self):
        """Once all clients are gone."""
        for caller in self.callers:
            caller.kill()
        try:
            until(lambda: self.agent.has_no_more(self.before))
        except TimeoutError:
            self.fail(f'left behind: before {self.before}\nnow {self.agent.look()}')

    def assert_agent_ends(self):
        self.assertEqual(self.agent.end(), 0)
        self.assertEqual(self.agent.left_behind(), [])

    def works_again(self, caller):
        caller.do('end')
        return all(caller.do(step) == 0 for step in ('begin', 'call', 'end'))

    def assert_works_again(self, caller):
        caller.do('end')
        caller.must('begin', 'call', 'end')

    def code_of(self, step, caller):
        """What a caller at that step gets, once it is broken."""
        return caller.answer() if step in self.BUSY else caller.do('call')


class TestClientDies(Case):
    def killed_at(self, step):
        worker = self.agent.worker_pid()
        victim = self.caller()
        self.reach(step, victim)
        victim.kill()
        os.kill(worker, signal.SIGCONT)
        if step == 'call':
            self.helper.must('open 1')
        self.assertEqual(self.witness.end(), 0)
        self.assert_nothing_left_in_agent()
        self.assertEqual(self.agent.worker_pid(), worker)
        self.assert_agent_ends()

    def test_before_hello(self):
        for said in (b'', HALF_A_HEADER):
            with self.subTest(said), self.agent.connect() as connection:
                connection.sendall(said)
                time.sleep(MOMENT)
        self.assertEqual(self.witness.end(), 0)
        self.assert_nothing_left_in_agent()


class TestClientStandsStill(Case):
    def test_longer_than_an_agent_may_be_silent(self):
        """What it did not listen to was no silence: it asks before it gives up. Then it must hear something."""
        until(self.asks_before_it_gives_up)

    def asks_before_it_gives_up(self):
        caller = self.impatient_at('call')
        freeze(caller.process.pid)
        time.sleep(2 * SHORT / 1000)
        caller.thaw()
        time.sleep(SHORT / 1000)
        self.helper.must('open 1', 'end')
        return caller.answer() == 0


class TestWorker(Case):
    def test_what_a_plugin_executes_gets_none_of_its_descriptors(self):
        for fd in (3, 4):
            about = pathlib.Path(f'/proc/{self.agent.worker_pid()}/fdinfo/{fd}').read_text()
            flags = int(about.split('flags:')[1].split()[0], 8)
            self.assertTrue(flags & os.O_CLOEXEC, about)


class TestWorkerDies(Case):
    def dies_at(self, step, number):
        worker = self.agent.worker_pid()
        caller = self.caller()
        self.reach(step, caller)
        os.kill(worker, number)
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGCONT)
        self.await_another(worker)
        caller.thaw()
        self.assertNotEqual(self.code_of(step, caller), 0)
        self.assertTrue(caller.has_said(f'worker died of signal {number}') or
                        caller.has_said('closed the connection'), caller.said())
        self.assert_works_again(caller)
        self.assertEqual(self.witness.end(), 1)
        self.assert_nothing_left_in_agent()
        self.assert_agent_ends()

    def test_before_hello(self):
        for said in (b'', HALF_A_HEADER):
            worker = self.agent.worker_pid()
            self.witness.await_calls()
            before = len(descriptors_of(worker))
            with self.subTest(said), self.agent.connect() as connection:
                connection.sendall(said)
                until(lambda: len(descriptors_of(worker)) > before)
                time.sleep(MOMENT)
                os.kill(worker, signal.SIGKILL)
                self.assertIn(b'worker died of signal 9', receive_all(connection))
            self.await_another(worker)
        self.assertEqual(self.witness.end(), 2)
        self.assert_nothing_left_in_agent()

    def test_again_and_again(self):
        caller = self.caller()
        for _ in range(5):
            worker = self.agent.worker_pid()
            caller.must('begin', 'call')
            os.kill(worker, signal.SIGKILL)
            self.assertNotEqual(caller.do('call'), 0)
            caller.do('end')
            self.await_another(worker)
        caller.must('begin', 'call', 'end')
        self.assertGreater(self.witness.end(), 0)
        self.assert_nothing_left_in_agent()


class TestWorkerHangs(Case):
    def hangs_at(self, step):
        """The witness has patience, and goes on when the worker does."""
        caller = self.impatient_at(step)
        worker = self.agent.worker_pid()
        freeze(worker)
        caller.thaw()
        began = time.monotonic()
        self.assertNotEqual(self.code_of(step, caller), 0)
        self.assertLess(time.monotonic() - began, KEEPALIVE / 1000)
        self.assertRegex(caller.said(), GIVEN_UP)
        os.kill(worker, signal.SIGCONT)
        until(lambda: self.works_again(caller))
        if step == 'call':
            self.helper.must('open 1')
        self.assertEqual(self.witness.end(), 0)
        self.assert_nothing_left_in_agent()
        self.assertEqual(self.agent.worker_pid(), worker)
        self.assert_agent_ends()


class TestBrokerDies(Case):
    def dies_at(self, step):
        """Then the worker ends by itself, and leaves nothing; the next agent takes the old address."""
        caller = self.caller()
        self.reach(step, caller)
        worker = self.agent.worker_pid()
        self.agent.signal(signal.SIGKILL)
        os.kill(worker, signal.SIGCONT)
        self.agent.wait()
        caller.thaw()
        until(lambda: not self.agent.processes())
        self.assertNotEqual(self.code_of(step, caller), 0)
        self.assertRegex(caller.said(), 'broker died|closed the connection')
        until(lambda: not below(self.agent.runtime))
        self.agent.serve(str(MIRROR))
        self.assert_works_again(caller)
        self.assert_nothing_left_in_agent()
        self.assert_agent_ends()

    def setUp(self):
        super().setUp()
        self.witness.end()  # it would not find the agent for a while


class TestBrokerRestarts(Case):
    def test_client_lives(self):
        self.witness.end()
        caller = self.caller()
        for _ in range(3):
            caller.must('begin', 'upload', 'call')
            self.assert_agent_ends()
            self.assertNotEqual(caller.do('call'), 0)
            self.assertIn('the agent is shut down', caller.said())
            caller.do('end')
            self.assertNotEqual(caller.do('begin'), 0)
            self.assertIn('no agent can be reached', caller.said())
            self.agent.serve(str(MIRROR))
        caller.must('begin', 'call', 'end')


def add_cases():
    """One for each step, and each way to die."""
    for step in Case.STEPS:
        cases = {
            (TestClientDies, f'test_at_{step}'): lambda self, s=step: self.killed_at(s),
            (TestWorkerDies, f'test_killed_at_{step}'):
                lambda self, s=step: self.dies_at(s, signal.SIGKILL),
            (TestWorkerDies, f'test_crash_at_{step}'):
                lambda self, s=step: self.dies_at(s, signal.SIGABRT),
            (TestWorkerHangs, f'test_at_{step}'): lambda self, s=step: self.hangs_at(s),
            (TestBrokerDies, f'test_at_{step}'): lambda self, s=step: self.dies_at(s),
        }
        for (where, name), case in cases.items():
            setattr(where, name, case)


add_cases()

if __name__ == '__main__':
    sys.exit(tap.main())
